from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SLOW_RUN = """
import json, sys
from project.data.folder import Folder

class Slow(Folder):
    def decode(self, index):
        print("decoding", flush=True)
        sys.stdin.readline()
        return super().decode(index)

images = Slow(**json.loads(sys.argv[1])).load()
print(images.fingerprint, flush=True)
"""


def test_two_runs_at_once_decode_once(pictures: Path, common: dict[str, Any]) -> None:
    settings = {"root": pictures, "channels": 3, **common, "n": 1}
    command = [sys.executable, "-c", SLOW_RUN, json.dumps(settings, default=str)]
    pipe = subprocess.PIPE

    def start(stdin: int) -> subprocess.Popen[str]:
        return subprocess.Popen(command, stdin=stdin, stdout=pipe, stderr=pipe, text=True)

    with start(pipe) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "decoding\n"
        with start(subprocess.DEVNULL) as second:
            assert second.stderr is not None
            assert second.stderr.readline().startswith("Waiting for another run")
            mine, _ = first.communicate("go on\n")
            theirs, _ = second.communicate()
    assert theirs == mine
    assert len(theirs.strip()) == 64
