"""What every training counts, for curves and for an exact resume."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightning
from torch import Tensor
from torch.optim import Optimizer

MakeOptimizer = Callable[..., Optimizer]  # parameters -> optimizer


class StepCountingModule(lightning.LightningModule):
    """A module that takes its own steps and counts batches: Lightning counts optimizer steps.

    Attributes:
        batches: batches trained so far.
        images_seen: images trained on so far.
        losses: the terms of the last batch, by name, each without its weight.
    """

    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.batches = 0
        self.images_seen = 0
        self.losses: dict[str, Tensor] = {}

    def follows_length(self) -> str:
        """Returns the setting by which steps depend on how long the training is; else nothing."""
        return ""

    def descend(self, loss: Tensor) -> None:
        """One step of the only optimizer, and of its schedule."""
        optimizer: Any = self.optimizers()
        optimizer.zero_grad(set_to_none=True)
        self.manual_backward(loss)
        optimizer.step()
        schedule: Any = self.lr_schedulers()
        schedule.step()

    def count(self, images: int, losses: dict[str, Tensor]) -> None:
        """Counts a batch.

        Args:
            images: how many of it were this process's; the others have as many, or one less.
            losses: its terms.
        """
        self.batches += 1
        self.images_seen += images * (self._trainer.world_size if self._trainer else 1)
        self.losses = {name: value.detach() for name, value in losses.items()}

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keeps the counts."""
        checkpoint["counts"] = {"batches": self.batches, "images_seen": self.images_seen}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Takes the counts up again."""
        self.batches = checkpoint["counts"]["batches"]
        self.images_seen = checkpoint["counts"]["images_seen"]
