from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from project.losses.gan import L_G, L_D_fake, L_D_real

Loss = Callable[[Tensor], Tensor]
# Each loss with the label that it holds D's answer against.
LABELS = {L_D_real: 1.0, L_D_fake: 0.0, L_G: 1.0}
each = pytest.mark.parametrize(
    ("loss", "label"), LABELS.items(), ids=[loss.__name__ for loss in LABELS]
)


def tensor(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_by_hand() -> None:
    # sigmoid(ln 3) = 3/4, sigmoid(0) = 1/2: the means of their negative logarithms.
    logits = tensor(math.log(3), 0.0)
    right = (math.log(4 / 3) + math.log(2)) / 2
    wrong = (math.log(4) + math.log(2)) / 2
    assert L_D_real(logits).item() == pytest.approx(right, rel=1e-12)
    assert L_G(logits).item() == pytest.approx(right, rel=1e-12)
    assert L_D_fake(logits).item() == pytest.approx(wrong, rel=1e-12)


@each
def test_an_undecided_d_costs_ln_2(loss: Loss, label: float) -> None:
    assert loss(torch.zeros(7, dtype=torch.float64)).item() == pytest.approx(math.log(2))


@each
def test_is_binary_cross_entropy(loss: Loss, label: float) -> None:
    logits = torch.linspace(-30, 30, 121, dtype=torch.float64, requires_grad=True)
    reference = binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))
    torch.testing.assert_close(loss(logits), reference, rtol=1e-7, atol=1e-8)
    (ours,) = torch.autograd.grad(loss(logits), logits)
    (theirs,) = torch.autograd.grad(reference, logits)
    torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-10)


@each
def test_the_gradient_pushes_towards_the_label(loss: Loss, label: float) -> None:
    logits = tensor(-5.0, -1.0, 0.0, 1.0, 5.0).requires_grad_()
    (gradient,) = torch.autograd.grad(loss(logits), logits)
    # d/dl of the mean is (sigmoid(l) - label) / m.
    torch.testing.assert_close(gradient, (torch.sigmoid(logits.detach()) - label) / 5)
    assert ((gradient < 0) == (label == 1.0)).all()


@each
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_stays_finite_at_large_logits(loss: Loss, label: float, dtype: torch.dtype) -> None:
    sign = 1.0 if label == 1.0 else -1.0
    wrong = torch.tensor([-100.0 * sign], dtype=dtype, requires_grad=True)
    right = torch.tensor([100.0 * sign], dtype=dtype, requires_grad=True)
    assert loss(wrong).item() == 100.0
    assert loss(right).item() == pytest.approx(0.0, abs=1e-40)
    (gradient,) = torch.autograd.grad(loss(wrong), wrong)
    assert gradient.item() == -sign
    (gradient,) = torch.autograd.grad(loss(right), right)
    assert gradient.item() == pytest.approx(0.0, abs=1e-40)


def test_g_keeps_its_gradient_where_d_is_sure() -> None:
    # Non-saturating: where D calls every image generated, G's gradient is whole.
    logits = tensor(-20.0).requires_grad_()
    (gradient,) = torch.autograd.grad(L_G(logits), logits)
    assert gradient.item() == pytest.approx(-1.0, abs=1e-8)


@each
def test_is_a_mean_whatever_the_shape(loss: Loss, label: float) -> None:
    logits = torch.linspace(-2, 3, 12, dtype=torch.float64)
    torch.testing.assert_close(loss(logits), torch.stack([loss(x) for x in logits]).mean())
    torch.testing.assert_close(loss(logits), loss(logits.view(3, 4)))
    torch.testing.assert_close(loss(logits), loss(logits.repeat(3)))
