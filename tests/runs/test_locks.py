"""Locks between processes: who looks does not keep anybody from working."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from project.errors import UserError
from project.runs import locks


def test_whoever_looks_for_a_moment_keeps_nobody_from_training(tmp_path: Path) -> None:
    looking = FileLock(tmp_path / locks.LOCK, thread_local=False)
    looking.acquire()
    threading.Timer(0.2, looking.release).start()
    with locks.holding(tmp_path):
        assert locks.is_held(tmp_path)
    assert not locks.is_held(tmp_path)


def test_a_folder_that_is_trained_in_is_refused_and_looked_at_at_once(tmp_path: Path) -> None:
    with locks.holding(tmp_path):
        begun = time.monotonic()
        assert locks.is_held(tmp_path)
        assert time.monotonic() - begun < locks.LOOK / 2
        told = pytest.raises(UserError, match="is being trained by another process")
        with told, locks.holding(tmp_path):
            pass
