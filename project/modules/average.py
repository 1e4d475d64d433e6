"""The exponential moving average of a network."""

from __future__ import annotations

import torch
from torch import nn


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float, batches: int) -> None:
    """Moves ``average`` towards ``network``, parameters and running statistics alike.

    The decay is held down to ``(1 + t) / (10 + t)`` over the first batches ``t``, or a short
    training would average the initialisation in.

    Args:
        average: changed in place.
        network: of the same shape.
        decay: share of the old average that is kept per batch, in [0, 1).
        batches: number of batches trained before this one.
    """
    keep = min(decay, (1 + batches) / (10 + batches))
    old, new = [], []
    for slow, fast in zip(
        average.state_dict().values(), network.state_dict().values(), strict=True
    ):
        if slow.is_floating_point():
            old.append(slow)
            new.append(fast)
        else:
            slow.copy_(fast)
    torch._foreach_lerp_(old, new, 1 - keep)
