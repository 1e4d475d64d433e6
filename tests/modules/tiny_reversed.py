"""Study C: a handful of digits, and batches of them as Lightning's data module hands them over."""

from __future__ import annotations

from collections.abc import Iterator

import lightning
import torch
from tiny_digits import TinyDigits

from project.datamodules.batches import Batch

ADAM = {"lr": 2e-4, "betas": (0.9, 0.999), "eps": 1e-7}
TESTING = TinyDigits(1).load()


def batch(m: int = 16) -> Batch:
    rng = torch.Generator().manual_seed(3)
    images = torch.rand(m, 1, 28, 28, generator=rng, dtype=torch.float64)
    return Batch(images, torch.randint(0, 10, (m, 1), generator=rng))


class Data(lightning.LightningDataModule):
    """The given batches, the same in each epoch."""

    def __init__(self, batches: list[Batch]) -> None:
        super().__init__()
        self.batches = batches

    def train_dataloader(self) -> Loader:
        return Loader(self.batches)


class Loader:
    def __init__(self, batches: list[Batch]) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Batch]:
        return iter(self.batches)
