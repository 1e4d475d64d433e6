"""Images of two features in the order that the stages ask for (Study B)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from project.data.feature_selection import FeatureSelection
from project.data.features import both, two_held
from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import MemoryDataModule, Rows, batches_of, stream
from project.errors import UserError


class Stage(Protocol):
    """A part of the training."""

    @property
    def real(self) -> str:
        """Where its real images come from."""


class Stages(Protocol):
    """The parts of the training, one after the other."""

    @property
    def stages(self) -> Sequence[Stage]:
        """All of them."""

    def at(self, epoch: int) -> Stage:
        """The one that an epoch, counted from 0, belongs to."""


class FeatureImages(MemoryDataModule):
    """Colour images of one or two features, pixels in [-1, 1] (Study B).

    Batches are `Batch(images m x 3 x H x W, labels m x 2)`, labels saying which of the two
    features an image has. Some epochs may have fewer batches than others.

    Args:
        source: where the images come from.
        training: all drawn images, whichever features they have.
        task: the features.
        stages: where the real images of an epoch come from.
        batch_size: m.
        seed: of the order of the images.

    Raises:
        UserError: the images are grey, or do not allow the task.
    """

    pixel_range = (-1.0, 1.0)

    def __init__(
        self,
        *,
        source: ImageSource,
        training: ImageSet,
        task: FeatureSelection,
        stages: Stages,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        check_colour(source)
        self.stages = stages
        self.batch_size = batch_size
        self.seed = seed
        self.sets = task.rows(training)
        self.images = training.images
        self.labels = two_held(task.features, training).astype(np.int64)

    def rows(self, epoch: int) -> list[Rows]:
        """Returns the batches of an epoch."""
        real = self.stages.at(epoch).real
        return batch_rows(self.sets, real, epoch, self.batch_size, self.seed)

    def longest_epoch(self) -> int:
        """Returns the number of batches of the longest epoch."""
        lengths = [len(rows) for rows in self.sets]
        most = {"alternate": max(lengths), "halves": 2 * max(lengths), "both": 2 * max(lengths)}
        most["union"] = len(union(self.sets))
        if len(self.sets) == 1:
            most["halves"] = lengths[0]
        return max(-(-most[stage.real] // self.batch_size) for stage in self.stages.stages)


def check_colour(source: ImageSource) -> None:
    """Checks that a data set holds colour images.

    Raises:
        UserError: they are grey.
    """
    if source.channels != 3:
        raise UserError(
            f"Study B trains on colour images, but {source.describe()} is grey. "
            "Allowed: data=celeba, faces."
        )


def union(sets: Sequence[Rows]) -> Rows:
    """Returns the images that are in any of the sets, each once."""
    rows: Rows = np.unique(np.concatenate(sets))
    return rows


def batch_rows(
    sets: Sequence[Rows], real: str, epoch: int, batch_size: int, seed: int
) -> list[Rows]:
    """Draws the batches of an epoch, a function of (seed, epoch) alone.

    Args:
        sets: the images of each feature.
        real: ``alternate`` takes the sets in turn, beginning with the first in epoch 0; ``halves``
            takes half of each batch from each set, in one pass over the larger one; ``union``
            takes all together; ``both`` takes those that are in both sets, over and over, in
            batches like those of ``halves``.
        epoch: counted from 0.
        batch_size: m.
        seed: of the training.

    Returns:
        Row numbers of each batch, as many images as a pass has, or a batch more or less.
    """
    index, number = epoch, 0
    if real == "alternate":
        index, number = divmod(epoch, len(sets))
        sets = [sets[number]]
    elif real == "union":
        sets = [union(sets)]
    longest = max(len(rows) for rows in sets)
    if real == "both":
        sets = [both(sets)] * len(sets)
    share = batch_size // len(sets)
    numbers = batches_of(index, longest, share)
    shares = [
        stream(rows, share, numbers, seed, (place,)) for place, rows in enumerate(sets, number)
    ]
    return [np.concatenate(parts) for parts in zip(*shares, strict=True)]
