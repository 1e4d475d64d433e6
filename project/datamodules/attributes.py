"""Labelled images in three parts: to learn from, to calibrate on, and to be judged on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lightning
import torch
from torch import Tensor

from project.data.features import LabelledFeatures, Rows
from project.data.source import ImageSource
from project.datamodules.batches import Batch, MemoryBatches, Share, held_on
from project.datamodules.pixels import from_uint8


class AttributeImages(lightning.LightningDataModule):
    """All images of a data set, and which of two features each has (Study B, measure).

    Batches are `Batch(images m x 3 x H x W in [0, 1], labels m x (2 + F))`.

    Args:
        data: where the images come from.
        runs: finished runs by name; none is needed.
        wanted: the features, and the shares of the three parts.
        batch_size: m.
        seed: of the order of the images.

    Attributes:
        images: all of them, uint8.
        labels: which of the two features they have, and of the F further attributes,
            ``N x (2 + F)``, int64.
        parts: the rows of ``learning``, ``tuning`` and ``held_out``.
    """

    def __init__(
        self,
        *,
        data: ImageSource,
        runs: Mapping[str, Path],
        wanted: LabelledFeatures,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        self.runs = runs
        self.batch_size = batch_size
        self.seed = seed
        images = data.load()
        self.images = images.images
        self.labels = wanted.targets(images)
        self.parts: dict[str, Rows] = wanted.parts(images)

    def part(self, name: str) -> tuple[Tensor, Tensor]:
        """Returns the images of a part, uint8, and which of the two features they have."""
        rows = self.parts[name]
        return torch.from_numpy(self.images[rows]), torch.from_numpy(self.labels[rows, :2])

    def learned(self) -> Tensor:
        """Returns what is learned of the images to learn from, ``n x (2 + F)``."""
        return torch.from_numpy(self.labels[self.parts["learning"]])

    def train_dataloader(self) -> MemoryBatches:
        """Returns the batches of an epoch."""
        assert self.trainer is not None
        rows = self.parts["learning"]
        return MemoryBatches(
            images=self.images[rows],
            labels=self.labels[rows],
            batch_size=self.batch_size,
            seed=self.seed,
            device=held_on(self.trainer.strategy.root_device, self.images.nbytes),
            share=Share(self.trainer.global_rank, self.trainer.world_size),
        )

    def on_after_batch_transfer(self, batch: Any, dataloader_idx: int) -> Batch:
        """Brings uint8 to [0, 1], on the training device."""
        images, labels = batch
        return Batch(from_uint8(images, 0.0, 1.0), labels)
