"""Images to learn two features from."""

from __future__ import annotations

import lightning

from project.data.feature_labels import FeatureLabels
from project.data.features import Rows
from project.data.source import ImageSet
from project.datamodules.batches import Batch, MemoryBatches, RawBatch, Share, held_on


class AttributeImages(lightning.LightningDataModule):
    """The images that are learned from, and which of two features each has (Study B, measure).

    Batches are `Batch(images m x 3 x H x W in [0, 1], labels m x (2 + F))`.

    Args:
        training: all images.
        task: the features, and the shares of the three parts.
        batch_size: m.
        seed: of the order of the images.
    """

    def __init__(
        self,
        *,
        training: ImageSet,
        task: FeatureLabels,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        self.batch_size = batch_size
        self.seed = seed
        self.images = training.images
        self.labels = task.targets(training)
        self.rows: Rows = task.parts(training)["learning"]

    def train_dataloader(self) -> MemoryBatches:
        """Returns the batches of an epoch."""
        assert self.trainer is not None
        return MemoryBatches(
            images=self.images[self.rows],
            labels=self.labels[self.rows],
            batch_size=self.batch_size,
            seed=self.seed,
            device=held_on(self.trainer.strategy.root_device, self.images.nbytes),
            share=Share(self.trainer.global_rank, self.trainer.world_size),
        )

    def on_after_batch_transfer(self, batch: RawBatch, dataloader_idx: int) -> Batch:
        """Brings uint8 to [0, 1], on the training device."""
        return batch.scaled(0.0, 1.0)
