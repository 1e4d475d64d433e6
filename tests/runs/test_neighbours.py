from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from project.runs import neighbours
from project.runs.neighbours import among_others

TRAINS = """
import sys
from project.runs.neighbours import among_others
with among_others(sys.argv[1]):
    print("trains", flush=True)
    sys.stdin.readline()
"""


def test_a_second_run_is_told_how_to_divide_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(neighbours, "cores", lambda: 8)
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", TRAINS, str(tmp_path)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "trains\n"
        with among_others(tmp_path):
            pass
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("Another run trains on this machine")
        assert "OMP_NUM_THREADS=4 before python" in line
        monkeypatch.setenv("OMP_NUM_THREADS", "4")
        with among_others(tmp_path):
            pass
        first.kill()
    monkeypatch.delenv("OMP_NUM_THREADS")
    with among_others(tmp_path):
        assert len(list(tmp_path.rglob("*.lock"))) == 1, "a killed run is forgotten"
    assert capsys.readouterr().err == ""
