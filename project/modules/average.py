"""The exponential moving average of a network."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def share_of_new(decay: float, batches: int) -> float:
    """Returns the share that the new weights get in the average.

    The decay is held down to ``(1 + t) / (10 + t)`` over the first batches ``t``, or a short
    training would average the initialisation in.

    Args:
        decay: share of the old average that is kept per batch, in [0, 1).
        batches: number of batches trained before this one.
    """
    return 1.0 - min(decay, (1 + batches) / (10 + batches))


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, share: float | Tensor) -> None:
    """Moves ``average`` towards ``network``, parameters and running statistics alike.

    Args:
        average: changed in place.
        network: of the same shape.
        share: of the new weights; a captured step has it in a tensor, where it can be changed.
    """
    old, new = [], []
    for slow, fast in zip(
        average.state_dict().values(), network.state_dict().values(), strict=True
    ):
        if slow.is_floating_point():
            old.append(slow)
            new.append(fast)
        else:
            slow.copy_(fast)
    weights = share if isinstance(share, float) else [share.to(old[0].dtype)] * len(old)
    torch._foreach_lerp_(old, new, weights)
