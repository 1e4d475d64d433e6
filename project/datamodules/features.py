"""Images of two features in the order that the stages ask for (Study B)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from project.data.features import Rows, WantedFeatures, both, two_held
from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import Batch, EpochOrder, Share, held_on
from project.datamodules.pixels import from_uint8
from project.errors import UserError


class FeatureImages(lightning.LightningDataModule):
    """Colour images of one or two features, pixels in [-1, 1] (Study B).

    Batches are `Batch(images m x 3 x H x W, labels m x 2)`, labels saying which of the two
    features an image has.

    Args:
        data: where the images come from.
        runs: finished runs by name; ``D_1`` and ``D_2`` where a stage looks at them.
        wanted: the features.
        stages: where the real images of an epoch come from.
        batch_size: m.
        seed: of the order of the images.

    Attributes:
        training: all drawn images, whichever features they have.
        held: which of the two features they have, ``N x 2``.
        discriminators: the modules of D_1 and D_2, in eval mode and frozen; none without runs.

    Raises:
        UserError: the images are grey, or the wish does not fit them.
    """

    def __init__(
        self,
        *,
        data: ImageSource,
        runs: Mapping[str, Path],
        wanted: WantedFeatures,
        stages: Any,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        # Late: it reads no run without need.
        from project.runs.trained import load_module

        if data.channels != 3:
            raise UserError(
                f"Study B trains on colour images, but {data.describe()} is grey. "
                "Allowed: data=celeba, faces."
            )
        self.runs = runs
        self.stages = stages
        self.batch_size = batch_size
        self.seed = seed
        self.training: ImageSet = data.load()
        self.sets = wanted.rows(self.training)
        self.held = two_held(wanted.features, self.training)
        self.discriminators = tuple(
            load_module(runs[name]).requires_grad_(False) for name in ("D_1", "D_2") if name in runs
        )

    def train_dataloader(self) -> FeatureBatches:
        """Returns the batches of an epoch."""
        assert self.trainer is not None
        return FeatureBatches(
            datamodule=self,
            device=held_on(self.trainer.strategy.root_device, self.training.images.nbytes),
            share=Share(self.trainer.global_rank, self.trainer.world_size),
        )

    def on_after_batch_transfer(self, batch: Any, dataloader_idx: int) -> Batch:
        """Brings uint8 to [-1, 1], on the training device."""
        images, labels = batch
        return Batch(from_uint8(images, -1.0, 1.0), labels)


class FeatureBatches:
    """The batches of an epoch; some epochs have fewer than others.

    Args:
        datamodule: with the images, the sets and the stages.
        device: where the images are held.
        share: what of each batch is this process's.
    """

    def __init__(self, *, datamodule: FeatureImages, device: torch.device, share: Share) -> None:
        images = datamodule.training.images.transpose(0, 2, 3, 1)
        self.images = torch.from_numpy(np.ascontiguousarray(images)).to(device)
        self.labels = torch.from_numpy(datamodule.held.astype(np.int64)).to(device)
        self.datamodule = datamodule
        self.share = share
        self.sampler = EpochOrder(len(self.images), datamodule.seed)  # for the number of the epoch

    def __len__(self) -> int:
        """Batches of the longest epoch; Lightning asks once, before the first."""
        given = self.datamodule
        lengths = [len(rows) for rows in given.sets]
        most = {"alternate": max(lengths), "halves": 2 * max(lengths), "both": 2 * max(lengths)}
        most["union"] = len(union(given.sets))
        if len(given.sets) == 1:
            most["halves"] = lengths[0]
        return max(-(-most[stage.real] // given.batch_size) for stage in given.stages.stages)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        given, epoch = self.datamodule, self.sampler.epoch
        real = given.stages.at(epoch).real
        for rows in batch_rows(given.sets, real, epoch, given.batch_size, given.seed):
            chosen = self.share.of(torch.from_numpy(rows)).to(self.images.device)
            yield self.images[chosen].permute(0, 3, 1, 2), self.labels[chosen]


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
