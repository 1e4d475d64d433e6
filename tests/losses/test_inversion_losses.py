from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from project.losses.inversion import L_CE, L_TV, L_binary

priors = pytest.mark.parametrize("prior", [L_TV, L_binary])


def picture(*rows: list[float]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)[None, None]


def rand(count: int) -> Tensor:
    return torch.rand(count, 1, 6, 5, generator=torch.Generator().manual_seed(1)).double()


def test_cross_entropy_by_hand() -> None:
    # Softmax of (ln 3, 0, 0) is (3/5, 1/5, 1/5).
    logits = torch.tensor([[math.log(3), 0, 0], [math.log(3), 0, 0]], dtype=torch.float64)
    losses = L_CE(logits, torch.tensor([0, 2])).tolist()
    assert losses == pytest.approx([math.log(5 / 3), math.log(5)], rel=1e-12)


def test_cross_entropy_pulls_the_wanted_logit_up_and_the_others_down() -> None:
    logits = torch.zeros(1, 4, requires_grad=True)
    (gradient,) = torch.autograd.grad(L_CE(logits, torch.tensor([2])).sum(), logits)
    assert gradient[0].tolist() == pytest.approx([0.25, 0.25, -0.75, 0.25])


def test_total_variation_by_hand() -> None:
    # Right: 0.5^2 + 1; down: 1 + 0.5^2.
    assert L_TV(picture([0, 0.5], [1, 0])).tolist() == pytest.approx([0.25 + 1 + 1 + 0.25])


def test_total_variation_of_a_single_row_and_a_single_column() -> None:
    assert L_TV(picture([0, 0.5, 0])).tolist() == pytest.approx([0.5])
    assert L_TV(picture([0], [0.5], [0])).tolist() == pytest.approx([0.5])


def test_total_variation_does_not_reach_round_the_edge() -> None:
    assert L_TV(picture([0, 0, 1], [0, 0, 1])).tolist() == pytest.approx([2.0])


def test_binary_by_hand() -> None:
    assert L_binary(picture([0, 0.5], [1, 0.1])).tolist() == pytest.approx([0.25 + 0.09])


def test_gradients_smooth_the_image_and_part_its_pixels() -> None:
    image = picture([0.2, 0.8]).requires_grad_(True)
    (smooth,) = torch.autograd.grad(L_TV(image).sum(), image)
    (part,) = torch.autograd.grad(L_binary(image).sum(), image)
    # Descent goes against the gradient: the dark pixel up for L_TV, down for L_binary.
    assert smooth.flatten().tolist() == pytest.approx([-1.2, 1.2])
    assert part.flatten().tolist() == pytest.approx([0.6, -0.6])


@priors
def test_black_and_white_cost_nothing(prior: Callable[[Tensor], Tensor]) -> None:
    images = torch.cat([torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 4, 4)])
    assert prior(images).tolist() == [0, 0]


@priors
def test_an_image_has_its_own_loss(prior: Callable[[Tensor], Tensor]) -> None:
    images = rand(3)
    assert prior(images).shape == (3,)
    alone = torch.cat([prior(images[i : i + 1]) for i in range(3)])
    torch.testing.assert_close(prior(images), alone)


def test_logits_have_their_own_loss() -> None:
    logits = rand(3).flatten(1)
    wanted = torch.tensor([0, 7, 29])
    alone = torch.cat([L_CE(logits[i : i + 1], wanted[i : i + 1]) for i in range(3)])
    torch.testing.assert_close(L_CE(logits, wanted), alone)
