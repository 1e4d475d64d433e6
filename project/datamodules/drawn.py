"""Batches drawn at random, so many of them: Study C counts batches rather than epochs."""

from __future__ import annotations

from collections.abc import Iterator

import lightning
import numpy as np
import torch

from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import Batch, EpochOrder, RawBatch, Share, held_on
from project.datamodules.labelled import check_classes


class DrawnImages(lightning.LightningDataModule):
    """Labelled images, pixels in [0, 1], in batches drawn with replacement (Study C, training).

    Batches are `Batch(images m x 1 x H x W, labels m x 1)`.

    Args:
        source: where the images come from.
        training: the images.
        batch_size: m.
        batches: in the whole training.
        epoch_batches: after so many there is a look at the images; they are called an epoch.
        seed: of the draws.

    Raises:
        UserError: the images are not grey ones of one class each.
    """

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
        self.batch_size = batch_size
        self.batches = batches
        self.epoch_batches = epoch_batches
        self.seed = seed
        self.images = training

    def train_dataloader(self) -> DrawnBatches:
        """Returns the batches of an epoch."""
        assert self.trainer is not None
        device = held_on(self.trainer.strategy.root_device, self.images.images.nbytes)
        share = Share(self.trainer.global_rank, self.trainer.world_size)
        return DrawnBatches(self, device, share)

    def on_after_batch_transfer(self, batch: RawBatch, dataloader_idx: int) -> Batch:
        """Brings uint8 to [0, 1], on the training device."""
        return batch.scaled(0.0, 1.0)


class DrawnBatches:
    """The batches of an epoch; the last epoch is shorter where they do not come out even.

    Batch number k is drawn from (seed, k) alone: neither a resume nor another length of the
    epochs changes it.

    Args:
        drawn: the data module.
        device: where the images are held.
        share: what of each batch is this process's.
    """

    def __init__(self, drawn: DrawnImages, device: torch.device, share: Share) -> None:
        self.drawn = drawn
        self.share = share
        self.images = torch.from_numpy(drawn.images.images).to(device)
        self.labels = torch.from_numpy(drawn.images.labels).to(device)
        self.sampler = EpochOrder(len(self.images), drawn.seed)  # for the number of the epoch

    def __len__(self) -> int:
        return min(self.drawn.epoch_batches, self.drawn.batches)

    def __iter__(self) -> Iterator[RawBatch]:
        first = self.sampler.epoch * self.drawn.epoch_batches
        for number in range(first, min(first + self.drawn.epoch_batches, self.drawn.batches)):
            rng = np.random.default_rng([self.drawn.seed, number])
            rows = rng.integers(0, len(self.images), self.drawn.batch_size)
            chosen = self.share.of(torch.from_numpy(rows)).to(self.images.device)
            yield RawBatch(self.images[chosen], self.labels[chosen])
