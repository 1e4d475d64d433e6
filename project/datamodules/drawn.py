"""Batches drawn at random, so many of them: Study C counts batches rather than epochs."""

from __future__ import annotations

import numpy as np

from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import MemoryDataModule, Rows
from project.datamodules.labelled import check_classes


class DrawnImages(MemoryDataModule):
    """Labelled images, pixels in [0, 1], in batches drawn with replacement (Study C, training).

    Batches are `Batch(images m x 1 x H x W, labels m x 1)`. Batch number k is drawn from (seed, k)
    alone: neither a resume nor another length of the epochs changes it.

    Args:
        source: where the images come from.
        training: the images.
        batch_size: m.
        batches: in the whole training; the last epoch is shorter where they do not come out even.
        epoch_batches: after so many there is a look at the images; they are called an epoch.
        seed: of the draws.

    Raises:
        UserError: the images are not grey ones of one class each.
    """

    pixel_range = (0.0, 1.0)

    def __init__(
        self,
        *,
        source: ImageSource,
        training: ImageSet,
        batch_size: int,
        batches: int,
        epoch_batches: int,
        seed: int,
    ) -> None:
        super().__init__()
        check_classes(source)
        self.images = training.images
        self.labels = training.labels
        self.batch_size = batch_size
        self.batches = batches
        self.epoch_batches = epoch_batches
        self.seed = seed

    def longest_epoch(self) -> int:
        """Returns the number of batches of the longest epoch."""
        return min(self.epoch_batches, self.batches)

    def rows(self, epoch: int) -> list[Rows]:
        """Returns the batches of an epoch."""
        first = epoch * self.epoch_batches
        numbers = range(first, min(first + self.epoch_batches, self.batches))
        draws = (np.random.default_rng([self.seed, number]) for number in numbers)
        return [rng.integers(0, len(self.images), self.batch_size) for rng in draws]
