"""How the learning rate moves over a training."""

from __future__ import annotations

from typing import Protocol

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR


class Schedule(Protocol):
    """What makes a schedule for an optimizer."""

    def __call__(self, optimizer: Optimizer, total_steps: int) -> LRScheduler:
        """Returns the schedule over ``total_steps`` batches."""


class Constant:
    """The learning rate stays."""

    def __call__(self, optimizer: Optimizer, total_steps: int) -> LRScheduler:
        """Returns the schedule over ``total_steps`` batches."""
        return LambdaLR(optimizer, lambda step: 1.0)


class OneCycle:
    """Up to the optimizer's learning rate and down again (Smith, Topin 2018)."""

    def __call__(self, optimizer: Optimizer, total_steps: int) -> LRScheduler:
        """Returns the schedule over ``total_steps`` batches."""
        highest = [group["lr"] for group in optimizer.param_groups]
        return OneCycleLR(optimizer, highest, total_steps=total_steps)


def follows_length(schedule: Schedule) -> str:
    """Returns the setting of a schedule whose rates depend on the number of batches; else nothing.

    Args:
        schedule: of the learning rate.
    """
    return "" if isinstance(schedule, Constant) else "module.schedule"


class LinearDecay:
    """Down in a straight line.

    Args:
        final: share of the learning rate that is left at the end.
    """

    def __init__(self, *, final: float) -> None:
        self.final = final

    def __call__(self, optimizer: Optimizer, total_steps: int) -> LRScheduler:
        """Returns the schedule over ``total_steps`` batches."""
        return LambdaLR(optimizer, lambda step: 1 - (1 - self.final) * step / total_steps)
