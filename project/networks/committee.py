"""Several classifiers that speak as one."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Committee(nn.Module):
    """Images ``m x 1 x H x W`` -> logits ``m x K``: the mean of the members' log-probabilities.

    What fools one classifier seldom fools another that learned from another start (Study D,
    decisions: several classifiers at once).

    Args:
        members: classifiers of the same K classes.
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, images: Tensor) -> Tensor:
        """Asks every member."""
        return torch.stack([member(images).log_softmax(1) for member in self.members]).mean(0)
