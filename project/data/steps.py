"""Steps without data: what is optimised is given by other runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import lightning
import torch
from torch import nn

from project.data.source import ImageSet, ImageSource
from project.errors import UserError


class Steps:
    """An epoch of so many steps."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[torch.Tensor]:
        return iter(torch.zeros(self.count, 1))


class InversionSteps(lightning.LightningDataModule):
    """Steps of the inversion, with the classifier to invert (Study D).

    Args:
        data: what the classifier was trained on; the judges compare with it, nothing else does.
        runs: the run named ``classifier``, and those of the judges.
        steps_per_epoch: steps between two looks at the images.

    Attributes:
        classifier: images -> logits.
        training: the images that the classifier was trained on.
        testing: images that it was not.
    """

    def __init__(
        self, *, data: ImageSource, runs: Mapping[str, Path], steps_per_epoch: int
    ) -> None:
        super().__init__()
        # Late: most data modules read no run.
        from project.trained import load_module

        if steps_per_epoch < 1:
            raise UserError(f"steps_per_epoch={steps_per_epoch} is not allowed. Give 1 or more.")
        self.runs = runs
        self.steps_per_epoch = steps_per_epoch
        self.classifier: nn.Module = load_module(runs["classifier"]).network
        self.training: ImageSet = data.load()
        self.testing: ImageSet = data.test().load()

    def train_dataloader(self) -> Steps:
        """Returns the steps of an epoch."""
        return Steps(self.steps_per_epoch)

    def on_after_batch_transfer(self, batch: Any, dataloader_idx: int) -> Any:
        """There is nothing to prepare."""
        return batch
