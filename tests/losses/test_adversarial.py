from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from project.losses.adversarial import (
    R1,
    Adversarial,
    CrossEntropy,
    Hinge,
    LeastSquares,
    LogarithmicError,
)

# Logits whose sigmoids are 3/4, 1/2 and 1/4, 1/2.
REAL = torch.tensor([math.log(3.0), 0.0], dtype=torch.float64)
FAKE = torch.tensor([-math.log(3.0), 0.0], dtype=torch.float64)
ln = math.log


def test_cross_entropy_by_hand() -> None:
    real = (-ln(3 / 4) - ln(1 / 2)) / 2
    fake = (-ln(1 - 1 / 4) - ln(1 / 2)) / 2
    assert CrossEntropy().D(REAL, FAKE).item() == pytest.approx((real + fake) / 2, abs=1e-12)
    assert CrossEntropy().G(FAKE).item() == pytest.approx((-ln(1 / 4) - ln(1 / 2)) / 2, abs=1e-12)


def test_logarithmic_error_by_hand() -> None:
    wanted = ((ln(2) - ln(5 / 4)) ** 2 + (ln(2) - ln(3 / 2)) ** 2) / 2
    assert LogarithmicError().G(FAKE).item() == pytest.approx(wanted, abs=1e-7)
    assert LogarithmicError().D(REAL, FAKE).item() == CrossEntropy().D(REAL, FAKE).item()


def test_logarithmic_error_of_a_lost_game_is_that_of_the_study() -> None:
    # D(G(x)) = 0: log(2)^2, at which the study's generator stays.
    lost = LogarithmicError().G(torch.tensor([-200.0]))
    assert lost.item() == pytest.approx(ln(2) ** 2, abs=1e-6)
    assert LogarithmicError().G(torch.tensor([200.0])).item() == pytest.approx(0.0, abs=1e-12)


def test_hinge_by_hand() -> None:
    real, fake = torch.tensor([2.0, 0.5]), torch.tensor([-3.0, 0.25])
    # 0 and 0.5; 0 and 1.25.
    assert Hinge().D(real, fake).item() == pytest.approx((0.25 + 0.625) / 2)
    assert Hinge().G(fake).item() == pytest.approx(2.75 / 2)


def test_least_squares_by_hand() -> None:
    real, fake = torch.tensor([2.0, 0.0]), torch.tensor([3.0, 1.0])
    assert LeastSquares().D(real, fake).item() == pytest.approx((1.0 + 5.0) / 2)
    assert LeastSquares().G(fake).item() == pytest.approx(0.5 * (4.0 + 0.0) / 2)


@pytest.mark.parametrize("loss", [CrossEntropy(), LogarithmicError(), Hinge(), LeastSquares()])
def test_g_climbs_and_d_tells_apart(loss: Adversarial) -> None:
    real = torch.tensor([0.1, -0.2], requires_grad=True)
    fake = torch.tensor([0.3, 0.4], requires_grad=True)
    on_real, on_fake = torch.autograd.grad(loss.D(real, fake), (real, fake))
    assert (on_real < 0).all()
    assert (on_fake > 0).all()
    (on_fake,) = torch.autograd.grad(loss.G(fake), fake)
    assert (on_fake < 0).all()


def test_r1_of_a_plane_is_half_its_squared_slope() -> None:
    plane = nn.Linear(4, 1, bias=False)
    with torch.no_grad():
        plane.weight.copy_(torch.tensor([[1.0, -2.0, 0.0, 3.0]]))
    images = torch.rand(5, 1, 2, 2, requires_grad=True)
    penalty = R1(plane(images.flatten(1))[:, 0], images)
    assert penalty.item() == pytest.approx(14 / 2)
    # It is for D's weights, of which the penalty is half the square.
    (gradient,) = torch.autograd.grad(penalty, plane.weight)
    torch.testing.assert_close(gradient, plane.weight.detach())


def test_r1_is_a_mean_over_images() -> None:
    def parabola(images: Tensor) -> Tensor:
        return images.square().flatten(1).sum(1)

    images = torch.tensor([[[[1.0, 0.0]]], [[[0.0, 3.0]]]], requires_grad=True)
    # Slopes 2 and 6.
    assert R1(parabola(images), images).item() == pytest.approx((4 + 36) / 2 / 2)
