"""Each image is decoded and resized once; later runs read one array of bytes.

A cache entry is ``<key>.npy`` (the images) and ``<key>.json`` (which were corrupt, and a hash of
the images). The key covers the files' names, bytes and times and the preprocessing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL
from numpy.typing import NDArray

from project.data.image_files import CorruptImageError
from project.data.once import one_at_a_time, with_progress
from project.errors import UserError
from project.replacing import replacing, write_text

if TYPE_CHECKING:
    from project.data.source import ImageSource

# Raised whenever the same files would be decoded to other pixels than before.
PREPROCESSING = "1"
CHUNK = 32
LISTED = 10


@dataclass(frozen=True)
class Decoded:
    """Decoded images of a source: what a cache entry holds.

    Attributes:
        images: ``N x C x H x W``, uint8, the images that could be decoded.
        corrupt: why the others could not, by their places among those that were asked for.
        fingerprint: sha256 of the decoded images' names and pixels.
    """

    images: NDArray[np.uint8]
    corrupt: Mapping[int, str]
    fingerprint: str


def decode_cached(source: ImageSource, indices: NDArray[np.int64]) -> Decoded:
    """Returns images of a source, decoded now or read from ``source.cache``.

    Args:
        source: the data set.
        indices: which images, in this order.

    Raises:
        UserError: images are corrupt and ``source.on_corrupt`` is ``stop``; all of them are
            corrupt; or the cache folder cannot be written.
    """
    names = [source.names[i] for i in indices]
    if not names:
        empty = np.empty((0, source.channels, source.size, source.size), np.uint8)
        return Decoded(empty, {}, _fingerprint(empty, [], {}))
    decoded = _find_or_build(source, indices, names)
    drawn = not np.isin(indices, source.left_over).all()
    _judge(source, decoded.corrupt, names, drawn=drawn)
    return decoded


def _find_or_build(source: ImageSource, indices: NDArray[np.int64], names: list[str]) -> Decoded:
    stem = source.cache / cache_key(source, indices)
    shape = (source.channels, source.size, source.size)
    # Read before any lock or folder is made, so that a full cache may lie on a read-only disk.
    if entry := _read(stem, names, shape):
        return entry
    try:
        source.cache.mkdir(parents=True, exist_ok=True)
        with one_at_a_time(stem.with_suffix(".lock"), "decodes the same images"):
            # Another run may have built it while this one waited.
            entry = _read(stem, names, shape)
            if entry is None:
                entry = _decode(source, indices, names)
                _write(stem, entry)
            return entry
    except OSError as error:
        raise UserError(
            f"The cache of decoded images cannot be written to {source.cache} "
            f"({error.strerror or error}). Free it, or name another folder with "
            "data.cache=<folder>."
        ) from error


def cache_key(source: ImageSource, indices: NDArray[np.int64]) -> str:
    """Hashes what the decoded images depend on: files, size, channels, decoder."""
    head = [type(source).__name__, source.size, source.channels, PREPROCESSING, PIL.__version__]
    digest = hashlib.sha256(json.dumps(head).encode())
    for index in indices:
        line = json.dumps([source.names[index], source.file_identity(int(index))])
        digest.update(line.encode())
    return digest.hexdigest()


def _decode(source: ImageSource, indices: NDArray[np.int64], names: list[str]) -> Decoded:
    images = np.empty((len(names), source.channels, source.size, source.size), np.uint8)
    corrupt: dict[int, str] = {}
    filled = 0
    results = _decode_in_threads(source, indices)
    results = with_progress(results, len(names), f"Decoding {source.describe()}")
    for position, result in enumerate(results):
        if isinstance(result, CorruptImageError):
            corrupt[position] = result.reason
        else:
            images[filled] = result
            filled += 1
    images = images[:filled]
    return Decoded(images, corrupt, _fingerprint(images, names, corrupt))


def _decode_in_threads(
    source: ImageSource, indices: NDArray[np.int64]
) -> Iterator[NDArray[np.uint8] | CorruptImageError]:
    """Decodes in threads (the decoders release the interpreter's lock), yields in order."""
    chunks = [indices[start : start + CHUNK] for start in range(0, len(indices), CHUNK)]
    pool = ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1))
    try:
        for chunk in pool.map(source.decode_many, chunks):
            yield from chunk
    finally:
        pool.shutdown(cancel_futures=True)


def _fingerprint(
    images: NDArray[np.uint8], names: Sequence[str], corrupt: Mapping[int, str]
) -> str:
    kept = [name for position, name in enumerate(names) if position not in corrupt]
    digest = hashlib.sha256(json.dumps([kept, images.shape]).encode())
    digest.update(np.ascontiguousarray(images).reshape(-1).data)
    return digest.hexdigest()


def _read(stem: Path, names: list[str], shape: tuple[int, int, int]) -> Decoded | None:
    """Reads an entry; None where there is none, or it is broken and must be built again."""
    try:
        told = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
        corrupt = {int(position): str(reason) for position, reason in told["corrupt"].items()}
        images = np.load(stem.with_suffix(".npy"), allow_pickle=False)
        sound = (
            images.dtype == np.uint8
            and images.shape == (len(names) - len(corrupt), *shape)
            and told["fingerprint"] == _fingerprint(images, names, corrupt)
        )
    except (OSError, ValueError, EOFError, KeyError, TypeError, AttributeError):
        return None
    return Decoded(images, corrupt, told["fingerprint"]) if sound else None


def _write(stem: Path, entry: Decoded) -> None:
    with replacing(stem.with_suffix(".npy")) as temporary, temporary.open("wb") as file:
        np.save(file, entry.images, allow_pickle=False)
    told = {"fingerprint": entry.fingerprint, "corrupt": entry.corrupt}
    write_text(stem.with_suffix(".json"), json.dumps(told))


def _judge(
    source: ImageSource, corrupt: Mapping[int, str], names: list[str], *, drawn: bool
) -> None:
    """Raises where the corrupt images must stop the run; of those left over all may be."""
    left = len(corrupt) < len(names)
    if not corrupt or (source.on_corrupt == "skip" and (left or not drawn)):
        return
    listed = [f"{names[at]} ({corrupt[at]})" for at in sorted(corrupt)[:LISTED]]
    if len(corrupt) > LISTED:
        listed.append(f"and {len(corrupt) - LISTED} more")
    found = f"of {source.describe()} cannot be decoded: {', '.join(listed)}."
    if len(corrupt) == len(names):
        raise UserError(f"All {len(names)} images {found} Name a folder with images that can.")
    raise UserError(
        f"{len(corrupt)} of the {len(names)} images {found} Mend or remove them, or go on "
        "without them: data.on_corrupt=skip."
    )
