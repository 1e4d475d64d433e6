from __future__ import annotations

import torch
from torch import Tensor, nn

from project.networks.committee import Committee


class Says(nn.Module):
    """Gives every image the same probabilities."""

    def __init__(self, *probabilities: float) -> None:
        super().__init__()
        self.logits = torch.tensor(probabilities).log() + 7.0

    def forward(self, images: Tensor) -> Tensor:
        return self.logits.expand(len(images), -1)


def test_probabilities_are_geometric_means() -> None:
    committee = Committee([Says(0.8, 0.2), Says(0.2, 0.8), Says(0.5, 0.5)])
    logits = committee(torch.zeros(3, 1, 2, 2))
    assert logits.shape == (3, 2)
    torch.testing.assert_close(logits.exp(), torch.full((3, 2), 0.08 ** (1 / 3)))


def test_a_doubtful_member_is_not_outvoted() -> None:
    found = Committee([Says(0.999, 0.001), Says(0.1, 0.9)])(torch.zeros(1, 1, 2, 2)).softmax(1)
    # Roots of 0.999 x 0.1 and of 0.001 x 0.9, of which the first is 10.5 times the second.
    assert abs(found[0, 0] / found[0, 1] - (0.0999 / 0.0009) ** 0.5) < 1e-3


def test_of_one_member_is_that_member() -> None:
    member = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    images = torch.rand(5, 1, 2, 2)
    committee = Committee([member])(images)
    torch.testing.assert_close(committee.softmax(1), member(images).softmax(1))
