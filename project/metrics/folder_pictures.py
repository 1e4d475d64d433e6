"""A folder of images, surveyed without decoding and then read a batch at a time."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import Image

from project.data.image_files import CorruptImageError, identity, opened, read_image
from project.data.listing import images_in, told
from project.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

    from project.metrics.pictures import Pictures

LISTED = 5
GREY = ("1", "L", "LA", "La", "F")
THREADS = 8
# Pillow's and our way of reading; a change of either makes other pixels of the same files.
READER = f"1 {PIL.__version__}"


@dataclass(frozen=True)
class Survey:
    """What the headers of a folder's images say.

    Attributes:
        folder: where they are.
        paths: N images, sorted.
        sides: sizes in pixels, ``(width, height)`` -> how many images.
        notes: what is done to unusual ones, a sentence each.
    """

    folder: Path
    paths: list[Path]
    sides: Counter[tuple[int, int]]
    notes: list[str]

    def side(self, key: str) -> int:
        """Returns the size that all images are read at where none is named.

        Raises:
            UserError: they differ in size.
        """
        if len(self.sides) > 1:
            few = ", ".join(f"{w} x {h} ({n})" for (w, h), n in self.sides.most_common(3))
            raise UserError(
                f"The images in {self.folder} ({key}) are of {len(self.sides)} sizes: {few}. Give "
                "size=<pixels>, to which the centre square of each is resized, or images of one "
                "size."
            )
        return min(next(iter(self.sides)))


def survey(folder: str | Path, key: str) -> Survey:
    """Reads the headers of all images in a folder and in the folders in it.

    Args:
        folder: which.
        key: how the user named it, as ``images``.

    Raises:
        UserError: none is named, it is missing, holds no images, some that cannot be read, or grey
            ones alone.
    """
    if not str(folder):
        raise UserError(f"{key}= names no folder. Write {key}=<folder>.")
    paths, left_out = images_in(Path(str(folder)), key)
    sides: Counter[tuple[int, int]] = Counter()
    kinds: Counter[str] = Counter()
    corrupt: list[str] = []
    for path in paths:
        try:
            with opened(path) as image:
                sides[image.size] += 1
                kinds.update(_kinds(image))
        # A damaged file makes the decoders raise nearly anything.
        except Exception:
            corrupt.append(path.name)
    if corrupt:
        more = ", ..." if len(corrupt) > LISTED else ""
        raise UserError(
            f"{len(corrupt)} of the {len(paths)} images in {folder} ({key}) cannot be read: "
            f"{', '.join(corrupt[:LISTED])}{more}. Remove them, or name another folder."
        )
    if kinds["grey"] == len(paths):
        raise UserError(
            f"The images in {folder} ({key}) are grey, and an ImageNet network knows colour "
            "photographs alone. Digits are scored by the digit judges: their runs' scores stand in "
            "result.json (experiment=classifier_inversion)."
        )
    words = {
        "grey": "grey: read as colour",
        "transparent": "transparent: laid over white",
        "deep": "of 16 bits: scaled to 8",
        "CMYK": "CMYK: converted to RGB",
        "animated": "animated: the first frame is read",
    }
    notes = [
        f"Of the images in {folder} {count} {'are' if count > 1 else 'is'} {what}."
        for kind, what in words.items()
        if (count := kinds[kind])
    ]
    if left_out:
        notes.append(f"Left out of {folder}: {told(left_out)}.")
    return Survey(Path(str(folder)), paths, sides, notes)


def _kinds(image: Image.Image) -> Iterator[str]:
    if image.mode in GREY or image.mode.startswith("I"):
        yield "grey"
    if image.mode.startswith("I"):
        yield "deep"
    if image.mode == "CMYK":
        yield "CMYK"
    if image.has_transparency_data:
        yield "transparent"
    if getattr(image, "is_animated", False):
        yield "animated"


def folder_pictures(found: Survey, size: int, batch_size: int) -> Pictures:
    """Returns the images, each its centre square resized to ``size`` pixels, as they are asked for.

    In an order of chance, the same each time: the first of them stand for all, whose names may be
    in the order of classes or of time.

    Args:
        found: the folder.
        size: side in pixels.
        batch_size: images read at a time.
    """
    from project.metrics.pictures import Pictures

    order = np.random.default_rng(0).permutation(len(found.paths))
    paths = [found.paths[i] for i in order]
    digest = hashlib.sha256(f"{READER} {size}".encode())
    for path in paths:
        line = f"{path.relative_to(found.folder)} {identity(path)}\n"
        digest.update(line.encode(errors="backslashreplace"))
    return Pictures(
        len(paths),
        lambda: _batches(paths, size, batch_size),
        lambda chosen: _read([paths[i] for i in chosen], size, None),
        digest.hexdigest(),
    )


def _batches(paths: Sequence[Path], size: int, batch_size: int) -> Iterator[Tensor]:
    import torch

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        for start in range(0, len(paths), batch_size):
            yield torch.from_numpy(_read(paths[start : start + batch_size], size, pool))


def _read(paths: Sequence[Path], size: int, pool: ThreadPoolExecutor | None) -> NDArray[np.uint8]:
    def read(path: Path) -> NDArray[np.uint8]:
        return read_image(path, size, 3, path.name)

    try:
        return np.stack(list(pool.map(read, paths) if pool else map(read, paths)))
    except CorruptImageError as error:
        raise UserError(
            f"The image {error.name} cannot be decoded ({error.reason}). Remove it, or replace it."
        ) from error
