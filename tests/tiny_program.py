"""`python -m project.run` in a process and a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def environment(*places: Path) -> dict[str, str]:
    """Returns this process's environment for one of a single thread that imports from places."""
    path = os.pathsep.join(map(str, places))
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": path}


def run_program(words: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the program that lies in ``folder``."""
    return subprocess.run(
        [sys.executable, "-m", "project.run", *words],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
