"""Images with a feature and images without it."""

from __future__ import annotations

import lightning
import numpy as np

from project.data.feature_selection import DetectorSelection
from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import Batch, RawBatch, Share, held_on
from project.datamodules.features import BatchRows, RowBatches, batch_rows, check_colour


class DetectorImages(lightning.LightningDataModule):
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
        self.images = training
        self.sets = task.rows(training)
        self.labels = np.zeros((len(training), 1), np.int64)
        self.labels[self.sets[0]] = 1

    def train_dataloader(self) -> RowBatches:
        """Returns the batches of an epoch."""
        assert self.trainer is not None
        return RowBatches(
            images=self.images.images,
            labels=self.labels,
            rows=self.rows,
            length=len(self.rows(0)),
            device=held_on(self.trainer.strategy.root_device, self.images.images.nbytes),
            share=Share(self.trainer.global_rank, self.trainer.world_size),
        )

    def rows(self, epoch: int) -> BatchRows:
        """Returns the rows of each batch of an epoch."""
        return batch_rows(self.sets, "halves", epoch, self.batch_size, self.seed)

    def on_after_batch_transfer(self, batch: RawBatch, dataloader_idx: int) -> Batch:
        """Brings uint8 to [-1, 1], on the training device."""
        return batch.scaled(-1.0, 1.0)
