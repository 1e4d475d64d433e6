"""Study A's training set: originals joined with DA images, in memory."""

from __future__ import annotations

from pathlib import Path

import lightning
import numpy as np
from numpy.typing import NDArray

from project.da.kind import Generate
from project.da.manifest import write_manifest
from project.da.policy import JoinedSet, Policy
from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import Batch, MemoryBatches, RawBatch, Share, held_on
from project.errors import UserError


class AugmentedImages(lightning.LightningDataModule):
    """The originals and their DA images, frozen before training (Study A, procedure, step 4).

    Args:
        source: where the originals come from.
        training: the originals.
        da: the DA policy.
        generate: the GAN of the originals; None where the policy needs none.
        batch_size: m.
        seed: of the order of the images.

    Raises:
        UserError: the images are grey.
    """

    def __init__(
        self,
        *,
        source: ImageSource,
        training: ImageSet,
        da: Policy,
        generate: Generate | None,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        if source.channels != 3:
            raise UserError(
                f"Study A trains on colour training, but {source.describe()} is grey. "
                "Allowed: data=celeba, pets, folder, faces."
            )
        self.originals = training
        self.da = da
        self.generate = generate
        self.batch_size = batch_size
        self.seed = seed
        self.joined: JoinedSet | None = None

    def setup(self, stage: str) -> None:
        """Makes the DA images, once, and writes down what they are."""
        if self.joined is None:
            self.joined = self.da.join(self.originals, self.generate)
            if self.trainer is not None and self.trainer.is_global_zero:
                write_manifest(self.joined.manifest, Path(self.trainer.default_root_dir))

    @property
    def images(self) -> NDArray[np.uint8]:
        """The training set, ``N x C x H x W``, uint8."""
        assert self.joined is not None, "setup() comes first"
        return self.joined.images

    def train_dataloader(self) -> MemoryBatches:
        """Returns the batches of an epoch."""
        images = self.images
        assert self.trainer is not None
        device = self.trainer.strategy.root_device
        return MemoryBatches(
            images=images,
            labels=np.zeros((len(images), 0), np.int64),
            batch_size=self.batch_size,
            seed=self.seed,
            device=held_on(device, images.nbytes),
            share=Share(self.trainer.global_rank, self.trainer.world_size),
        )

    def on_after_batch_transfer(self, batch: RawBatch, dataloader_idx: int) -> Batch:
        """Brings uint8 to [-1, 1], on the training device."""
        return batch.scaled(-1.0, 1.0)
