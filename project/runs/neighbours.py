"""Other runs of this project that train on this machine: all threads share its cores."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from project.runs.locks import is_taken
from project.runs.processes import THREADS, cores


@contextlib.contextmanager
def among_others(cache: str | Path) -> Iterator[None]:
    """Lets later runs know of this one, and says once how to divide the cores with earlier ones.

    Jobs of a sweep, and whoever set the number of threads, have divided them already.

    Args:
        cache: ``paths.cache``, in which runs find each other.
    """
    place = Path(cache) / "training" / socket.gethostname()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        # A full cache may lie on a read-only disk.
        yield
        return
    file = place / f"{os.getpid()}.lock"
    if THREADS not in os.environ:
        others = sum(_is_held(other) for other in place.glob("*.lock") if other != file)
        if others:
            print(_sentence(others), file=sys.stderr)
    try:
        with FileLock(file):
            yield
    finally:
        file.unlink(missing_ok=True)


def _sentence(others: int) -> str:
    share = max(1, cores() // (others + 1))
    runs = "Another run trains" if others == 1 else f"{others} other runs train"
    return (
        f"{runs} on this machine, and all use every core, which makes each of them slow: start "
        f"each with {THREADS}={share} before python, or all as one sweep with parallel=."
    )


def _is_held(file: Path) -> bool:
    if is_taken(FileLock(file)):
        return True
    file.unlink(missing_ok=True)  # of a run that was killed
    return False
