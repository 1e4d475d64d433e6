"""What a penalty is: an addend of D's loss in some batches, and as much heavier there."""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor, nn

from project.errors import UserError


class Seen(NamedTuple):
    """What D has seen in a step.

    Attributes:
        real: images ``m x C x H x W``.
        fake: as many generated ones, without graph.
        on_real: D's logits on the real images, ``m``, with their graph.
        on_fake: those on the generated images.
        D: images, as many -> D's logits.
    """

    real: Tensor
    fake: Tensor
    on_real: Tensor
    on_fake: Tensor
    D: Callable[[Tensor], Tensor]


def is_due(weight: float, every: int, batch: int) -> bool:
    """Says whether a batch, counted from 1, has a penalty of this weight."""
    return bool(weight) and batch % every == 0


class Penalty(nn.Module, abc.ABC):
    """An addend of D's loss.

    Args:
        weight: of the penalty, per batch.
        every: batches between two of them; in between it costs no time.

    Raises:
        UserError: the weight is negative, or ``every`` no whole number from 1 on.
    """

    def __init__(self, *, weight: float, every: int) -> None:
        super().__init__()
        name = type(self).__name__
        if weight < 0:
            raise UserError(f"penalty.{name}.weight={weight} is not allowed. Give 0 or more.")
        if every < 1 or every % 1:
            raise UserError(f"penalty.{name}.every={every} is not allowed. Give 1, 2, 3 or more.")
        self.weight = weight
        self.every = every

    def is_due(self, batch: int) -> bool:
        """Says whether a batch, counted from 1, has the penalty."""
        return is_due(self.weight, self.every, batch)

    @abc.abstractmethod
    def forward(self, seen: Seen) -> Tensor:
        """Returns the penalty of a step, a scalar."""
