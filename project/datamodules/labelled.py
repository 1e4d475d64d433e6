"""Labelled images in memory, as they are."""

from __future__ import annotations

import lightning
import numpy as np

from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import Batch, MemoryBatches, RawBatch, Share, held_on
from project.errors import UserError


class LabelledImages(lightning.LightningDataModule):
    """The images of a data set with their labels, pixels in [0, 1] (Studies C and D).

    Batches are `Batch(images m x 1 x H x W, labels m x 1)`.

    Args:
        source: where the images come from.
        training: the images.
        batch_size: m.
        seed: of the order of the images.
        least_images: an epoch repeats a smaller data set up to so many images; 0 never does.

    Raises:
        UserError: the images are not grey ones of one class each.
    """

    def __init__(
        self,
        *,
        source: ImageSource,
        training: ImageSet,
        batch_size: int,
        seed: int,
        least_images: int,
    ) -> None:
        super().__init__()
        check_classes(source)
        self.batch_size = batch_size
        self.seed = seed
        self.least_images = least_images
        self.images = training

    def train_dataloader(self) -> MemoryBatches:
        """Returns the batches of an epoch."""
        assert self.trainer is not None
        images, labels = self.images.images, self.images.labels
        copies = max(1, -(-self.least_images // len(images)))
        return MemoryBatches(
            images=np.tile(images, (copies, 1, 1, 1)),
            labels=np.tile(labels, (copies, 1)),
            batch_size=self.batch_size,
            seed=self.seed,
            device=held_on(self.trainer.strategy.root_device, copies * images.nbytes),
            share=Share(self.trainer.global_rank, self.trainer.world_size),
        )

    def on_after_batch_transfer(self, batch: RawBatch, dataloader_idx: int) -> Batch:
        """Brings uint8 to [0, 1], on the training device."""
        return batch.scaled(0.0, 1.0)


def check_classes(source: ImageSource) -> None:
    """Checks that a data set holds grey images with one class label each.

    Raises:
        UserError: it does not.
    """
    if source.channels != 1 or len(source.label_names) != 1:
        raise UserError(
            f"Grey images with one class each are needed, but {source.describe()} has others. "
            "Allowed: data=mnist, digits."
        )
