"""Study A's training set: originals joined with DA images, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lightning
import numpy as np

from project.da.manifest import write_manifest
from project.da.policy import JoinedSet, Policy
from project.data.source import ImageSource
from project.datamodules.batches import Batch, MemoryBatches, Share, held_on
from project.datamodules.pixels import from_uint8
from project.errors import UserError


class AugmentedImages(lightning.LightningDataModule):
    """The originals and their DA images, frozen before training (Study A, procedure, step 4).

    Args:
        data: where the originals come from.
        da: the DA policy.
        runs: finished runs that the policy needs, by name.
        batch_size: m.
        seed: of the order of the images.

    Raises:
        UserError: the images are grey.
    """

    def __init__(
        self,
        *,
        data: ImageSource,
        da: Policy,
        runs: Mapping[str, Path],
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        if data.channels != 3:
            raise UserError(
                f"Study A trains on colour images, but {data.describe()} is grey. "
                "Allowed: data=celeba, pets, folder, faces."
            )
        self.data = data
        self.da = da
        self.runs = runs
        self.batch_size = batch_size
        self.seed = seed
        self.joined: JoinedSet | None = None

    def setup(self, stage: str) -> None:
        """Makes the DA images, once, and writes down what they are."""
        if self.joined is None:
            self.joined = self.da.join(self.data.load(), self.runs)
            if self.trainer is not None and self.trainer.is_global_zero:
                write_manifest(self.joined.manifest, Path(self.trainer.default_root_dir))

    @property
    def images(self) -> Any:
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

    def on_after_batch_transfer(self, batch: Any, dataloader_idx: int) -> Batch:
        """Brings uint8 to [-1, 1], on the training device."""
        images, labels = batch
        return Batch(from_uint8(images, -1.0, 1.0), labels)
