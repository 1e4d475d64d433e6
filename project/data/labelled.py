"""Labelled images in memory, as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lightning

from project.data.batches import Batch, MemoryBatches, held_on
from project.data.pixels import from_uint8
from project.data.source import ImageSet, ImageSource


class LabelledImages(lightning.LightningDataModule):
    """The images of a data set with their labels, pixels in [0, 1] (Studies C and D).

    Args:
        data: where the images come from.
        runs: finished runs that the study needs, by name.
        batch_size: m.
        seed: of the order of the images.

    Attributes:
        training: the drawn images.
        testing: the images that the data set sets apart.

    Raises:
        UserError: the data set sets none apart.
    """

    def __init__(
        self, *, data: ImageSource, runs: Mapping[str, Path], batch_size: int, seed: int
    ) -> None:
        super().__init__()
        self.runs = runs
        self.batch_size = batch_size
        self.seed = seed
        self.training: ImageSet = data.load()
        self.testing: ImageSet = data.test().load()

    def train_dataloader(self) -> MemoryBatches:
        """Returns the batches of an epoch."""
        assert self.trainer is not None
        images = self.training.images
        return MemoryBatches(
            images=images,
            labels=self.training.labels,
            batch_size=self.batch_size,
            seed=self.seed,
            device=held_on(self.trainer.strategy.root_device, images.nbytes),
        )

    def on_after_batch_transfer(self, batch: Any, dataloader_idx: int) -> Batch:
        """Brings uint8 to [0, 1], on the training device."""
        images, labels = batch
        return Batch(from_uint8(images, 0.0, 1.0), labels)
