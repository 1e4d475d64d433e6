"""Images with a feature and images without it."""

from __future__ import annotations

import numpy as np

from project.data.feature_selection import DetectorSelection
from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import MemoryDataModule, Rows
from project.datamodules.features import batch_rows, check_colour


class DetectorImages(MemoryDataModule):
    """Colour images, pixels in [-1, 1], half of each batch with the feature (Study B).

    Batches are `Batch(images m x 3 x H x W, labels m x 1)`, labels saying which have the feature.
    An epoch is one pass over the larger of the two sets.

    Args:
        source: where the images come from.
        training: all drawn images.
        task: the feature.
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
        task: DetectorSelection,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        check_colour(source)
        self.batch_size = batch_size
        self.seed = seed
        self.sets = task.rows(training)
        self.images = training.images
        self.labels = np.zeros((len(training), 1), np.int64)
        self.labels[self.sets[0]] = 1

    def longest_epoch(self) -> int:
        """Returns the number of batches of the longest epoch."""
        return -(-max(map(len, self.sets)) // (self.batch_size // 2))

    def rows(self, epoch: int) -> list[Rows]:
        """Returns the batches of an epoch."""
        return batch_rows(self.sets, "halves", epoch, self.batch_size, self.seed)
