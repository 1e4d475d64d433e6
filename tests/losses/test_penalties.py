from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from project.losses.penalties import LeCam, gradient_norm


def test_gradient_norm_of_a_plane_is_half_its_squared_slope() -> None:
    plane = nn.Linear(4, 1, bias=False)
    with torch.no_grad():
        plane.weight.copy_(torch.tensor([[1.0, -2.0, 0.0, 3.0]]))
    penalty = gradient_norm(lambda images: plane(images.flatten(1))[:, 0], torch.rand(5, 1, 2, 2))
    assert penalty.item() == pytest.approx(14 / 2)
    # It is for D's weights, of which the penalty is half the square.
    (gradient,) = torch.autograd.grad(penalty, plane.weight)
    torch.testing.assert_close(gradient, plane.weight.detach())


def test_gradient_norm_is_a_mean_over_images() -> None:
    def parabola(images: Tensor) -> Tensor:
        return images.square().flatten(1).sum(1)

    images = torch.tensor([[[[1.0, 0.0]]], [[[0.0, 3.0]]]])
    # Slopes 2 and 6.
    assert gradient_norm(parabola, images).item() == pytest.approx((4 + 36) / 2 / 2)


def test_lecam_by_hand() -> None:
    real, fake = torch.tensor([3.0, -2.0]), torch.tensor([-3.0, 0.5])
    # Real logits beyond a_F = -1 by 4 and not at all; generated ones below a_R = 1 by 4 and 0.5.
    penalty = LeCam(real, fake, torch.tensor(1.0), torch.tensor(-1.0))
    assert penalty.item() == pytest.approx((16 + 0) / 2 + (16 + 0.25) / 2)


def test_lecam_pulls_the_logits_together_and_leaves_the_others_alone() -> None:
    real = torch.tensor([3.0, -2.0], requires_grad=True)
    fake = torch.tensor([-3.0, 2.0], requires_grad=True)
    penalty = LeCam(real, fake, torch.tensor(1.0), torch.tensor(-1.0))
    on_real, on_fake = torch.autograd.grad(penalty, (real, fake))
    assert on_real.tolist() == [4.0, 0.0]
    assert on_fake.tolist() == [-4.0, 0.0]
