"""What cannot be expected of the images, a sentence each, said before they are trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from project.data.features import Rows
from project.data.source import ImageSource

# The studies begin at 1000. So few are learned by heart, and what is measured on them is noise.
MEMORISED, FEW = 50, 100
# Headers are read anew for each run, so not those of a million files.
LOOKED_AT = 10_000


@runtime_checkable
class TakesPasses(Protocol):
    """A data module that goes over its images in passes."""

    batch_size: int

    def count(self) -> int:
        """Returns the number of images of a pass."""


@runtime_checkable
class TakesSets(Protocol):
    """A data module whose batches are of several sets of the images, one for each feature."""

    sets: Sequence[Rows]


def cautions(source: ImageSource, images: int, datamodule: object) -> list[str]:
    """Returns what must be known of these images.

    Args:
        source: where they come from.
        images: how many were drawn.
        datamodule: cuts batches out of them.
    """
    told = [few(images), small(source)]
    if isinstance(datamodule, TakesSets) and images >= FEW:
        told.append(few(min(map(len, datamodule.sets)), " of one of the features"))
    if isinstance(datamodule, TakesPasses):
        told.append(short(datamodule.count(), datamodule.batch_size))
    return [sentence for sentence in told if sentence]


def few(images: int, of: str = "") -> str:
    """Says what can be expected of so few images; nothing where there are enough."""
    if images < MEMORISED:
        return (
            f"{_count(images)}{of} will be memorised, and scores against so few mean nothing: take "
            f"{MEMORISED} or more, better {FEW}."
        )
    if images < FEW:
        return f"{_count(images)}{of} are few: read scores with care, and over several seeds."
    return ""


def small(source: ImageSource) -> str:
    """Says how many pictures are smaller than they are trained at; nothing where none is."""
    sides = source.shorter_sides(source.drawn[:LOOKED_AT])
    smaller = sides[(sides > 0) & (sides < source.size)]
    if not len(smaller):
        return ""
    return (
        f"{len(smaller)} of {_count(len(sides))} are smaller than size={source.size} (the shortest "
        f"side is {smaller.min()} pixels): they are enlarged, which adds no detail."
    )


def short(images: int, batch_size: int) -> str:
    """Says that a batch is all images; nothing where they are more."""
    if images >= batch_size:
        return ""
    return f"{_count(images)} are fewer than a batch of {batch_size}: each batch is all of them."


def _count(images: int) -> str:
    return f"{images} image{'s' if images != 1 else ''}"
