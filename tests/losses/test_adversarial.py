from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from project.losses.adversarial import (
    Adversarial,
    CrossEntropy,
    Hinge,
    LeastSquares,
    LogarithmicError,
    Relativistic,
    halved,
)

# Logits whose sigmoids are 3/4, 1/2 and 1/4, 1/2.
REAL = torch.tensor([math.log(3.0), 0.0], dtype=torch.float64)
FAKE = torch.tensor([-math.log(3.0), 0.0], dtype=torch.float64)
ln = math.log


def unasked() -> Tensor:
    raise AssertionError("this loss compares with no real image")


def d_loss(loss: Adversarial, real: Tensor, fake: Tensor) -> Tensor:
    return torch.stack([*loss.D(real, fake).values()]).sum()


def test_cross_entropy_by_hand() -> None:
    real = (-ln(3 / 4) - ln(1 / 2)) / 2
    fake = (-ln(1 - 1 / 4) - ln(1 / 2)) / 2
    addends = CrossEntropy().D(REAL, FAKE)
    assert {name: value.item() for name, value in addends.items()} == pytest.approx(
        {"L_D_real": real, "L_D_fake": fake}, abs=1e-12
    )
    assert halved(addends).item() == pytest.approx((real + fake) / 2, abs=1e-12)
    wanted = (-ln(1 / 4) - ln(1 / 2)) / 2
    assert CrossEntropy().G(FAKE, unasked).item() == pytest.approx(wanted, abs=1e-12)


def test_logarithmic_error_by_hand() -> None:
    wanted = ((ln(2) - ln(5 / 4)) ** 2 + (ln(2) - ln(3 / 2)) ** 2) / 2
    assert LogarithmicError().G(FAKE, unasked).item() == pytest.approx(wanted, abs=1e-7)
    assert LogarithmicError().D(REAL, FAKE) == CrossEntropy().D(REAL, FAKE)


def test_logarithmic_error_of_a_lost_game_is_that_of_the_study() -> None:
    # D(G(x)) = 0: log(2)^2, at which the study's generator stays.
    lost = LogarithmicError().G(torch.tensor([-200.0]), unasked)
    assert lost.item() == pytest.approx(ln(2) ** 2, abs=1e-6)
    won = LogarithmicError().G(torch.tensor([200.0]), unasked)
    assert won.item() == pytest.approx(0.0, abs=1e-12)


def test_hinge_by_hand() -> None:
    real, fake = torch.tensor([2.0, 0.5]), torch.tensor([-3.0, 0.25])
    # 0 and 0.5; 0 and 1.25.
    addends = Hinge().D(real, fake)
    assert addends["L_D_real"].item() == pytest.approx(0.25)
    assert addends["L_D_fake"].item() == pytest.approx(0.625)
    assert Hinge().G(fake, unasked).item() == pytest.approx(2.75 / 2)


def test_least_squares_by_hand() -> None:
    real, fake = torch.tensor([2.0, 0.0]), torch.tensor([3.0, 1.0])
    addends = LeastSquares().D(real, fake)
    assert addends["L_D_real"].item() == pytest.approx(1.0)
    assert addends["L_D_fake"].item() == pytest.approx(5.0)
    assert LeastSquares().G(fake, unasked).item() == pytest.approx(0.5 * (4.0 + 0.0) / 2)


def test_relativistic_pairs_by_hand() -> None:
    # Differences ln 3 and 0, whose sigmoids are 3/4 and 1/2, whatever is added to all logits.
    real, fake = torch.tensor([ln(3.0), 5.0]), torch.tensor([0.0, 5.0])
    addends = Relativistic().D(real, fake)
    assert addends["L_D"].item() == pytest.approx((-ln(3 / 4) - ln(1 / 2)) / 2)
    again = Relativistic().D(real + 7, fake + 7)
    assert again["L_D"].item() == pytest.approx(addends["L_D"].item(), abs=1e-6)
    L_G = Relativistic().G(fake, lambda: real)
    assert L_G.item() == pytest.approx((-ln(1 / 4) - ln(1 / 2)) / 2)


@pytest.mark.parametrize(
    "loss", [CrossEntropy(), LogarithmicError(), Hinge(), LeastSquares(), Relativistic()]
)
def test_g_climbs_and_d_tells_apart(loss: Adversarial) -> None:
    real = torch.tensor([0.1, -0.2], requires_grad=True)
    fake = torch.tensor([0.3, 0.4], requires_grad=True)
    on_real, on_fake = torch.autograd.grad(d_loss(loss, real, fake), (real, fake))
    assert (on_real < 0).all()
    assert (on_fake > 0).all()
    (on_fake,) = torch.autograd.grad(loss.G(fake, real.detach), fake)
    assert (on_fake < 0).all()
