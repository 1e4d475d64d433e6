"""Images of two features in the order that the stages ask for (Study B)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import lightning
import numpy as np
import torch
from numpy.typing import NDArray

from project.data.feature_selection import FeatureSelection
from project.data.features import Rows, both, two_held
from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import Batch, EpochOrder, RawBatch, Share, held_on
from project.errors import UserError

BatchRows = list[NDArray[np.int64]]


class Stage(Protocol):
    """A part of the training."""

    @property
    def real(self) -> str:
        """Where its real images come from."""


class Stages(Protocol):
    """The parts of the training, one after the other."""

    @property
    def stages(self) -> Sequence[Stage]:
        """All of them."""

    def at(self, epoch: int) -> Stage:
        """The one that an epoch, counted from 0, belongs to."""


class FeatureImages(lightning.LightningDataModule):
    """Colour images of one or two features, pixels in [-1, 1] (Study B).

    Batches are `Batch(images m x 3 x H x W, labels m x 2)`, labels saying which of the two
    features an image has.

    Args:
        source: where the images come from.
        training: all drawn images, whichever features they have.
        task: the features.
        stages: where the real images of an epoch come from.
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
        task: FeatureSelection,
        stages: Stages,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        check_colour(source)
        self.stages = stages
        self.batch_size = batch_size
        self.seed = seed
        self.images = training
        self.sets = task.rows(training)
        self.labels = two_held(task.features, training).astype(np.int64)

    def train_dataloader(self) -> RowBatches:
        """Returns the batches of an epoch."""
        assert self.trainer is not None
        return RowBatches(
            images=self.images.images,
            labels=self.labels,
            rows=self.rows,
            length=longest_epoch(self.sets, self.stages, self.batch_size),
            device=held_on(self.trainer.strategy.root_device, self.images.images.nbytes),
            share=Share(self.trainer.global_rank, self.trainer.world_size),
        )

    def rows(self, epoch: int) -> BatchRows:
        """Returns the rows of each batch of an epoch."""
        real = self.stages.at(epoch).real
        return batch_rows(self.sets, real, epoch, self.batch_size, self.seed)

    def on_after_batch_transfer(self, batch: RawBatch, dataloader_idx: int) -> Batch:
        """Brings uint8 to [-1, 1], on the training device."""
        return batch.scaled(-1.0, 1.0)


class RowBatches:
    """Batches of named rows; some epochs may have fewer than others.

    Args:
        images: ``N x C x H x W``, uint8.
        labels: ``N x A``, int64.
        rows: epoch -> rows of each of its batches.
        length: batches of the longest epoch; Lightning asks once, before the first.
        device: where the images are held.
        share: what of each batch is this process's.
    """

    def __init__(
        self,
        *,
        images: NDArray[np.uint8],
        labels: NDArray[np.int64],
        rows: Callable[[int], BatchRows],
        length: int,
        device: torch.device,
        share: Share,
    ) -> None:
        channels_last = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
        self.images = torch.from_numpy(channels_last).to(device)
        self.labels = torch.from_numpy(labels).to(device)
        self.rows = rows
        self.length = length
        self.share = share
        self.sampler = EpochOrder(len(images), 0)  # for the number of the epoch

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[RawBatch]:
        for rows in self.rows(self.sampler.epoch):
            chosen = self.share.of(torch.from_numpy(rows)).to(self.images.device)
            yield RawBatch(self.images[chosen].permute(0, 3, 1, 2), self.labels[chosen])


def check_colour(source: ImageSource) -> None:
    """Checks that a data set holds colour images.

    Raises:
        UserError: they are grey.
    """
    if source.channels != 3:
        raise UserError(
            f"Study B trains on colour images, but {source.describe()} is grey. "
            "Allowed: data=celeba, faces."
        )


def longest_epoch(sets: Sequence[Rows], stages: Stages, batch_size: int) -> int:
    """Returns the number of batches of the longest epoch."""
    lengths = [len(rows) for rows in sets]
    most = {"alternate": max(lengths), "halves": 2 * max(lengths), "both": 2 * max(lengths)}
    most["union"] = len(union(sets))
    if len(sets) == 1:
        most["halves"] = lengths[0]
    return max(-(-most[stage.real] // batch_size) for stage in stages.stages)


def union(sets: Sequence[Rows]) -> Rows:
    """Returns the images that are in any of the sets, each once."""
    rows: Rows = np.unique(np.concatenate(sets))
    return rows


def batch_rows(
    sets: Sequence[Rows], real: str, epoch: int, batch_size: int, seed: int
) -> list[NDArray[np.int64]]:
    """Draws the batches of an epoch, a function of (seed, epoch) alone.

    Args:
        sets: the images of each feature.
        real: ``alternate`` takes the sets in turn, beginning with the first in epoch 0; ``halves``
            takes half of each batch from each set, in one pass over the larger one; ``union``
            takes all together; ``both`` takes those that are in both sets, over and over, in
            batches like those of ``halves``.
        epoch: counted from 0.
        batch_size: m.
        seed: of the training.

    Returns:
        Row numbers of each batch, every image of the epoch once or more.
    """
    if real == "alternate":
        sets = [sets[epoch % len(sets)]]
    elif real == "union":
        sets = [union(sets)]
    longest = max(len(rows) for rows in sets)
    if real == "both":
        sets = [both(sets)] * len(sets)
    shares = []
    for number, rows in enumerate(sets):
        rng = np.random.default_rng([seed, epoch, number])
        passes = -(-longest // len(rows))
        order = np.concatenate([rng.permutation(rows) for _ in range(passes)])
        shares.append(order[:longest])
    share = batch_size // len(sets)
    return [
        np.concatenate([order[start : start + share] for order in shares])
        for start in range(0, longest, share)
    ]
