"""Features of real images, computed once: a sweep, and every later run, pays for them no more."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from project.data.once import one_at_a_time
from project.errors import UserError
from project.metrics.score_images import Passed
from project.replacing import replacing


def cached_features(folder: Path, key: str, compute: Callable[[], Passed]) -> Passed:
    """Returns what is stored under ``key``, or computes and stores it.

    The file holds three arrays of numbers and nothing that could be executed; it appears whole or
    not at all, and one that is damaged is computed again.

    Args:
        folder: where the files are.
        key: says all that the features depend on: the images, the backbone, its weights.
        compute: makes them.

    Raises:
        UserError: the folder cannot be written to.
    """
    path = folder / f"{hashlib.sha256(key.encode()).hexdigest()}.npz"
    # Read before any lock or folder is made, so that a full cache may lie on a read-only disk.
    if (found := _read(path)) is not None:
        return found
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with one_at_a_time(path.with_suffix(".lock"), "computes the same features"):
            # Another run may have computed them while this one waited.
            found = _read(path)
            if found is None:
                found = compute()
                _write(path, found)
            return found
    except OSError as error:
        raise UserError(
            f"The cache of features cannot be written to {folder} ({error.strerror or error}). "
            "Free it, or name another folder with paths.cache=<folder>."
        ) from error


def _read(path: Path) -> Passed | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = [stored[name] for name in Passed._fields]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    count = len(arrays[0]) if arrays[0].ndim else 0
    if any(a.ndim != 2 or len(a) != count or a.dtype != np.float32 for a in arrays) or not count:
        return None
    return Passed(*map(torch.from_numpy, arrays))


def _write(path: Path, passed: Passed) -> None:
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **{name: a.numpy() for name, a in passed._asdict().items()})
