"""What every data set is to the program: files that were found, checked, drawn from, and decoded.

Nothing here imports torch, so that a wrong path is reported in a second.
"""

from __future__ import annotations

import abc
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from project.data.cache import decode_cached
from project.data.image_files import CorruptImageError
from project.errors import UserError


class Draw(TypedDict):
    """What every data set is given beside its own settings.

    Attributes:
        n: how many images to draw; None takes all.
        size: side of the decoded images in pixels.
        seed: which images are drawn (``data.seed``); the training seed does not change them.
        on_corrupt: ``stop`` or ``skip``.
        cache: folder of the decoded images.
    """

    n: int | None
    size: int
    seed: int
    on_corrupt: str
    cache: str | Path


def split_order(total: int, seed: int) -> NDArray[np.int64]:
    """Returns numbers of images in the order in which they are drawn: the first n are.

    Args:
        total: images there are.
        seed: ``data.seed``.
    """
    return np.random.default_rng(seed).permutation(total)


@dataclass(frozen=True)
class ImageSet:
    """Decoded images with their names and labels.

    Attributes:
        images: ``N x C x H x W``, uint8.
        names: N names, unique and stable: they stand in manifests.
        labels: ``N x A``, int64; attributes are 0 or 1, classes are counted from 0.
        label_names: the A columns of ``labels``.
        skipped: names of corrupt images that were left out (``data.on_corrupt=skip``).
        fingerprint: sha256 of the names and pixels, so the same on every machine.
    """

    images: NDArray[np.uint8]
    names: tuple[str, ...]
    labels: NDArray[np.int64]
    label_names: tuple[str, ...]
    skipped: tuple[str, ...]
    fingerprint: str

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def copies(self) -> int:
        """Number of images that repeat another one pixel by pixel."""
        return len(self.images) - len(set(digests(self.images)))

    @property
    def labelled(self) -> str:
        """The fingerprint, with the labels in it."""
        return hashlib.sha256(self.fingerprint.encode() + self.labels.tobytes()).hexdigest()


def digests(images: NDArray[np.uint8]) -> list[bytes]:
    """Returns one digest for each image: equal ones are the same pixel by pixel."""
    return [hashlib.sha256(image.tobytes()).digest() for image in images]


class ImageSource(abc.ABC):
    """A data set on disk (or drawn by a program), indexed on construction, decoded on demand.

    A subclass finds its files in ``__init__`` (seconds, no decoding), raises :class:`UserError`
    where they are not what they should be, and then calls ``super().__init__``.

    Args:
        names: one unique, stable name per image.
        labels: ``N x A`` int64.
        label_names: the A columns of ``labels``.
        channels: 3 for colour, 1 for grey.
        n, size, seed, on_corrupt, cache: as :class:`Draw` has them.

    Attributes:
        breeds: classes of animals that the images are of, where they are of some.
        classes: what the first column of the labels counts, where that is classes.
        left_out: what was found and is not among the images, how many of each kind.
    """

    breeds: Sequence[str] = ()
    classes: Sequence[str] = ()
    left_out: Mapping[str, int] = MappingProxyType({})

    def __init__(
        self,
        *,
        names: Sequence[str],
        labels: NDArray[np.int64],
        label_names: Sequence[str],
        channels: int,
        n: int | None,
        size: int,
        seed: int,
        on_corrupt: str,
        cache: str | Path,
    ) -> None:
        if on_corrupt not in ("stop", "skip"):
            raise UserError(f"data.on_corrupt={on_corrupt} is unknown. Allowed: stop, skip.")
        if n is not None and (n < 1 or n > len(names)):
            raise UserError(
                f"n={n} images were asked for, but {self.describe()} has {len(names)}. "
                f"Allowed: 1 to {len(names)}, or n=null for all."
            )
        self.names = tuple(names)
        self.labels = labels
        self.label_names = tuple(label_names)
        self.channels = channels
        self.size = size
        self.on_corrupt = on_corrupt
        self.cache = Path(cache)
        # For another part of the same data set: all of it.
        self.whole = Draw(n=None, size=size, seed=0, on_corrupt=on_corrupt, cache=cache)
        order = split_order(len(self.names), seed)
        count = len(self.names) if n is None else n
        self.drawn: NDArray[np.int64] = order[:count]
        self.left_over: NDArray[np.int64] = order[count:]

    @abc.abstractmethod
    def describe(self) -> str:
        """Names the data set and the place it was read from, for messages."""

    @abc.abstractmethod
    def file_identity(self, index: int) -> str:
        """Says what image ``index`` was made from (name, bytes, mtime; or the program's seed)."""

    @abc.abstractmethod
    def decode(self, index: int) -> NDArray[np.uint8]:
        """Decodes image ``index`` to ``C x size x size``, uint8.

        Raises:
            CorruptImageError: the file cannot be decoded.
        """

    def decode_many(
        self, indices: NDArray[np.int64]
    ) -> list[NDArray[np.uint8] | CorruptImageError]:
        """Decodes several images, in order, with the error in the place of a corrupt one.

        Called from several threads. A source that has its images in one array overrides it.
        """
        decoded: list[NDArray[np.uint8] | CorruptImageError] = []
        for index in indices:
            try:
                decoded.append(self.decode(int(index)))
            except CorruptImageError as error:
                decoded.append(error)
        return decoded

    def shorter_sides(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Returns the shorter sides of pictures in pixels, 0 where they have no size of their own.

        A source of pictures that have one overrides it.
        """
        return np.zeros(len(indices), np.int64)

    def test(self) -> ImageSource:
        """Returns the images that the data set sets apart for testing.

        Raises:
            UserError: it sets none apart.
        """
        raise UserError(
            f"{self.describe()} has no test images of its own. Allowed here: data=mnist, digits."
        )

    def load(self) -> ImageSet:
        """Returns the drawn images, from the cache where they are there."""
        return self._load(self.drawn)

    def held_out(self, at_most: int | None) -> ImageSet:
        """Returns images that the draw left over, ``at_most`` of them (None: all)."""
        return self._load(self.left_over[:at_most])

    def _load(self, indices: NDArray[np.int64]) -> ImageSet:
        decoded = decode_cached(self, indices)
        corrupt = sorted(decoded.corrupt)
        kept = np.delete(indices, corrupt)
        return ImageSet(
            images=decoded.images,
            names=tuple(self.names[i] for i in kept),
            labels=self.labels[kept],
            label_names=self.label_names,
            skipped=tuple(self.names[i] for i in indices[corrupt]),
            fingerprint=decoded.fingerprint,
        )
