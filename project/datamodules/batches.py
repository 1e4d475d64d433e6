"""Batches out of memory: the whole training set as uint8 on the training device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from project.datamodules.pixels import from_uint8


class Batch(NamedTuple):
    """A batch on the training device.

    Attributes:
        images: ``m x C x H x W``, float, in the range that the networks work in.
        labels: ``m x A``, int64.
    """

    images: Tensor
    labels: Tensor


class RawBatch(NamedTuple):
    """A batch as it comes out of memory.

    Attributes:
        images: ``m x C x H x W``, uint8.
        labels: ``m x A``, int64.
    """

    images: Tensor
    labels: Tensor

    def scaled(self, black: float, white: float) -> Batch:
        """Maps bytes to floats, 0 to ``black`` and 255 to ``white``."""
        return Batch(from_uint8(self.images, black, white), self.labels)


class Share(NamedTuple):
    """What one of several processes trains on (trainer=ddp): its part of every batch.

    Batches are as many and as large as in one process, and together the parts are the batch.

    Attributes:
        process: number of this process, from 0.
        processes: how many there are.
    """

    process: int
    processes: int

    def of(self, chosen: Tensor) -> Tensor:
        """Returns this process's part of the indices of a batch, never an empty one."""
        if len(chosen) < self.processes:
            return chosen[self.process % len(chosen)].reshape(1)
        return chosen[self.process :: self.processes]


class EpochOrder:
    """The order of the images in an epoch: a permutation drawn from (seed, epoch) alone.

    An order that is a function of the epoch makes a resumed run draw the batches that the
    uninterrupted one would have drawn.

    Args:
        length: number of images.
        seed: of the training.
    """

    def __init__(self, length: int, seed: int) -> None:
        self.length = length
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Chooses the epoch; Lightning calls it before each."""
        self.epoch = epoch

    def permutation(self) -> NDArray[np.int64]:
        """Returns the order of this epoch, ``length`` indices."""
        return np.random.default_rng([self.seed, self.epoch]).permutation(self.length)


class MemoryBatches:
    """Yields every image once per epoch, the last, smaller batch too.

    Args:
        images: ``N x C x H x W``, uint8.
        labels: ``N x A``, int64.
        batch_size: m.
        seed: of the order.
        device: where the images are held and the batches made.
        share: what of each batch is this process's.
    """

    def __init__(
        self,
        *,
        images: NDArray[np.uint8],
        labels: NDArray[np.int64],
        batch_size: int,
        seed: int,
        device: torch.device,
        share: Share,
    ) -> None:
        # N x H x W x C in memory: a batch indexed out of it is channels-last as it comes.
        channels_last = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
        self.images = torch.from_numpy(channels_last).to(device)
        self.labels = torch.from_numpy(labels).to(device)
        self.batch_size = batch_size
        self.share = share
        self.sampler = EpochOrder(len(images), seed)  # the name by which Lightning finds it

    def __len__(self) -> int:
        return -(-len(self.images) // self.batch_size)

    def __iter__(self) -> Iterator[RawBatch]:
        order = torch.from_numpy(self.sampler.permutation()).to(self.images.device)
        for batch in torch.split(order, self.batch_size):
            chosen = self.share.of(batch)
            yield RawBatch(self.images[chosen].permute(0, 3, 1, 2), self.labels[chosen])


def held_on(device: torch.device, size: int) -> torch.device:
    """Returns ``device`` if ``size`` bytes fit into half of its free memory, else the CPU."""
    if device.type != "cuda":
        return torch.device("cpu")
    free, _ = torch.cuda.mem_get_info(device)
    return device if size < free // 2 else torch.device("cpu")
