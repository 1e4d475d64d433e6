"""Who is at work on what: locks that the system takes back from a process that was killed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from project.errors import UserError

LOCK = ".lock"
LOOK = 1.0  # seconds: who looks whether a lock is taken has it for a moment


def of_hash(cache: str | Path, config_hash: str) -> FileLock:
    """Returns the lock of all that train the same: the second waits, or leaves it to the first.

    Args:
        cache: ``paths.cache``.
        config_hash: of the run.
    """
    locks = Path(cache) / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    return FileLock(locks / f"{config_hash}.lock")


@contextlib.contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Holds a run folder, so that no other process writes into it.

    Raises:
        UserError: another process holds it.
    """
    told = f"{folder} is being trained by another process. Let it end, or end it first."
    with taking(FileLock(folder / LOCK), told, LOOK):
        yield


def is_held(folder: Path) -> bool:
    """Says whether a living process holds a run folder."""
    return (folder / LOCK).is_file() and is_taken(FileLock(folder / LOCK))


@contextlib.contextmanager
def taking(lock: FileLock, told: str, seconds: float = 0) -> Iterator[None]:
    """Takes a lock.

    Args:
        lock: not taken by this process.
        told: what the user is told where another process has it.
        seconds: how long it is waited for.

    Raises:
        UserError: another process has it.
    """
    try:
        lock.acquire(timeout=seconds)
    except Timeout as error:
        raise UserError(told) from error
    try:
        yield
    finally:
        lock.release(force=True)


def is_taken(lock: FileLock) -> bool:
    """Says whether a living process has a lock."""
    try:
        with taking(lock, "taken"):
            return False
    except UserError:
        return True
