"""D's gradient penalty, in some batches and as much heavier there."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from project.losses.penalties import gradient_norm
from project.modules.alternating import Term
from project.penalties.penalty import is_due


def gradient_penalty(
    weight: float, every: int, batch: int, real: Tensor, logits: Callable[[Tensor], Tensor]
) -> dict[str, Term]:
    """Returns R1 in every ``every``-th batch, and nothing in the others or without a weight.

    Args:
        weight: of the penalty, per batch.
        every: batches between two penalties.
        batch: which one this is, counted from 1.
        real: images, ``m x C x H x W``.
        logits: images -> D's logits.
    """
    if not is_due(weight, every, batch):
        return {}
    return {"R1": Term(weight * every, gradient_norm(logits, real))}
