"""Batches out of memory: all images as uint8 on the training device, and the rows of each batch."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator
from typing import ClassVar, NamedTuple, Protocol, final, runtime_checkable

import lightning
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from project.datamodules.pixels import from_uint8

Rows = NDArray[np.int64]


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
        """Returns this process's part of the rows of a batch, never an empty one."""
        if len(chosen) < self.processes:
            return chosen[self.process % len(chosen)].reshape(1)
        return chosen[self.process :: self.processes]


class Epoch:
    """The number of the epoch, which Lightning sets before each, as on a sampler."""

    def __init__(self) -> None:
        self.number = 0

    def set_epoch(self, epoch: int) -> None:
        """Chooses the epoch."""
        self.number = epoch


class MemoryBatches:
    """The batches of an epoch.

    Args:
        images: ``N x C x H x W``, uint8.
        labels: ``N x A``, int64.
        rows: epoch -> rows of each of its batches: a function of the epoch alone, so that a resumed
            run draws the batches that the uninterrupted one would have drawn.
        length: batches of the longest epoch; Lightning asks once, before the first.
        device: where the images are held and the batches made.
        share: what of each batch is this process's.
    """

    def __init__(
        self,
        *,
        images: NDArray[np.uint8],
        labels: NDArray[np.int64],
        rows: Callable[[int], list[Rows]],
        length: int,
        device: torch.device,
        share: Share,
    ) -> None:
        # N x H x W x C in memory: a batch indexed out of it is channels-last as it comes.
        channels_last = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
        self.images = torch.from_numpy(channels_last).to(device)
        self.labels = torch.from_numpy(labels).to(device)
        self.rows = rows
        self.length = length
        self.share = share
        self.skip = 0  # batches of the next epoch that were trained on before a resume
        self.sampler = Epoch()  # the name by which Lightning finds it

    def __len__(self) -> int:
        return self.length

    def total(self, epochs: int) -> int:
        """Returns the number of batches of so many epochs."""
        return sum(len(self.rows(epoch)) for epoch in range(epochs))

    def __iter__(self) -> Iterator[RawBatch]:
        skip, self.skip = self.skip, 0
        batches = self.rows(self.sampler.number)[skip:]
        mine = [self.share.of(torch.from_numpy(rows)) for rows in batches]
        # All at once: a device is waited for until it has what it is sent.
        sent = torch.cat([*mine, torch.empty(0, dtype=torch.int64)]).to(self.images.device)
        for chosen in torch.split(sent, [len(rows) for rows in mine]):
            yield RawBatch(self.images[chosen].permute(0, 3, 1, 2), self.labels[chosen])


class MemoryDataModule(lightning.LightningDataModule, abc.ABC):
    """A data module that holds its images in memory.

    A subclass sets ``images`` (``N x C x H x W``, uint8) and ``labels`` (``N x A``, int64) and says
    which rows make up the batches of an epoch.

    Attributes:
        pixel_range: what 0 and 255 become.
    """

    pixel_range: ClassVar[tuple[float, float]]
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    @abc.abstractmethod
    def rows(self, epoch: int) -> list[Rows]:
        """Returns the rows of each batch of an epoch, counted from 0."""

    @abc.abstractmethod
    def longest_epoch(self) -> int:
        """Returns the number of batches of the longest epoch."""

    @final
    def train_dataloader(self) -> MemoryBatches:
        """Returns the batches of an epoch."""
        assert self.trainer is not None
        return MemoryBatches(
            images=self.images,
            labels=self.labels,
            rows=self.rows,
            length=self.longest_epoch(),
            device=held_on(self.trainer.strategy.root_device, self.images.nbytes),
            share=Share(self.trainer.global_rank, self.trainer.world_size),
        )

    @final
    def on_after_batch_transfer(self, batch: RawBatch, dataloader_idx: int) -> Batch:
        """Brings uint8 to the range that the networks work in, on the training device."""
        return Batch(from_uint8(batch.images, *self.pixel_range), batch.labels)


class ShuffledDataModule(MemoryDataModule):
    """A data module whose epochs are as many images as there are, each pass in an order of its own.

    A subclass sets ``batch_size`` (of fewer images a batch is all) and ``seed``, too.
    """

    batch_size: int
    seed: int

    def count(self) -> int:
        """Returns the number of images of a pass, also before they are made."""
        return len(self.images)

    def rows(self, epoch: int) -> list[Rows]:
        """Returns the batches of an epoch."""
        count = self.count()
        size = min(self.batch_size, count)
        return stream(np.arange(count), size, batches_of(epoch, count, size), self.seed)

    def longest_epoch(self) -> int:
        """Returns the number of batches of the longest epoch."""
        return -(-self.count() // min(self.batch_size, self.count()))


def batches_of(epoch: int, images: int, batch_size: int) -> range:
    """Returns the numbers of an epoch's batches: so many images, or a batch more or less."""
    return range(epoch * images // batch_size, (epoch + 1) * images // batch_size)


def stream(
    rows: Rows, size: int, numbers: range, seed: int, of_several: tuple[int, ...] = ()
) -> list[Rows]:
    """Cuts full batches out of an endless stream of shuffled passes over rows.

    No step is taken on a remainder: what an epoch leaves over is the beginning of the next batch.

    Args:
        rows: that a pass goes over, each once.
        size: of a batch.
        numbers: of the batches, counted from the beginning of the stream.
        seed: a pass is drawn from it and from its own number,
        of_several: and from what tells streams of one seed apart.
    """
    count = len(rows)
    passes = range(numbers.start * size // count, -(-numbers.stop * size // count))
    seeds = ([seed, number, *of_several] for number in passes)
    drawn = [np.random.default_rng(one).permutation(rows) for one in seeds]
    joined = np.concatenate([np.empty(0, np.int64), *drawn])
    begin = passes.start * count
    return [joined[k * size - begin : (k + 1) * size - begin] for k in numbers]


@runtime_checkable
class CountsBatches(Protocol):
    """Batches that know how many there are."""

    def total(self, epochs: int) -> int:
        """Returns the number of batches of so many epochs."""


def total_batches(trainer: lightning.Trainer) -> int:
    """Returns the number of batches of a whole training: epochs differ by one."""
    # Lightning's own number takes every epoch for as long as the longest; asked, it loads the data.
    most = int(trainer.estimated_stepping_batches)
    loader = trainer.train_dataloader
    if isinstance(loader, CountsBatches):
        return min(most, loader.total(trainer.max_epochs or 1))
    return most


def held_on(device: torch.device, size: int) -> torch.device:
    """Returns ``device`` if ``size`` bytes fit into half of its free memory, else the CPU."""
    if device.type != "cuda":
        return torch.device("cpu")
    free, _ = torch.cuda.mem_get_info(device)
    return device if size < free // 2 else torch.device("cpu")
