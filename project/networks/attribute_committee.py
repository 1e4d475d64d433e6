"""Several attribute classifiers that learn apart and answer together."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from project.networks.attribute_classifiers import AttributeNet


class AttributeCommittee(nn.Module):
    """Networks that are each taught by themselves; their answer is the mean of their logits.

    From few images each learns something else that is wrong, and the mean less of all that
    (Lakshminarayanan 2017).

    Args:
        members: by name.
    """

    def __init__(self, *, members: Mapping[str, AttributeNet]) -> None:
        super().__init__()
        self.members = nn.ModuleDict(members)
        self.widths = [int(member.head.in_features) for member in members.values()]

    def forward(self, images: Tensor) -> Tensor:
        """Maps images ``m x 3 x H x W`` in [0, 1] to each member's logits, ``E x m x (2 + F)``."""
        return torch.stack([member(images) for member in self.members.values()])

    def features(self, images: Tensor) -> Tensor:
        """Maps images to the features of all members, side by side, ``m x (E D)``."""
        return torch.cat([m.features(images) for m in self.members.values()], dim=1)  # type: ignore[operator]

    def head(self, features: Tensor) -> Tensor:
        """Maps features to the mean of the members' logits, ``m x (2 + F)``."""
        parts = zip(self.members.values(), torch.split(features, self.widths, dim=1), strict=True)
        return torch.stack([member.head(part) for member, part in parts]).mean(0)  # type: ignore[operator]
