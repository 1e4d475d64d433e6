"""One network, one optimizer, and a learning rate that moves on every batch."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from project.datamodules.batches import total_batches
from project.modules.schedules import Schedule, follows_length
from project.modules.step_counter import MakeOptimizer, StepCountingModule


class ScheduledModule(StepCountingModule):
    """A network that descends on one loss.

    Args:
        network: what is trained.
        optimizer: parameters -> optimizer.
        schedule: optimizer and number of batches -> schedule of the learning rate.

    Attributes:
        all_batches: of the whole training.
    """

    def __init__(self, *, network: nn.Module, optimizer: MakeOptimizer, schedule: Schedule) -> None:
        super().__init__()
        # Convolutions run on channels-last memory without reordering it.
        self.network = network.to(memory_format=torch.channels_last)
        self.optimizer = optimizer
        self.schedule = schedule

    def configure_optimizers(self) -> Any:
        """The optimizer and its schedule, which moves on every batch."""
        optimizer = self.optimizer(params=self.network.parameters())
        self.all_batches = total_batches(self.trainer)
        return [optimizer], [self.schedule(optimizer, total_steps=self.all_batches)]

    def follows_length(self) -> str:
        """The schedule, unless it is constant."""
        return follows_length(self.schedule)
