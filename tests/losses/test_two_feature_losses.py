from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from project.losses import two_features as losses

# Two images: what D, D_M say of real and generated ones, and what D_1, D_2 say.
REAL, FAKE = (0.5, 1.5), (0.25, 1.5)
ONE, TWO = (0.25, 0.75), (0.5, 0.75)

# By hand, from the equations.
BY_HAND = [
    # (-0.75^2 + 0.5^2) / 2
    (losses.L_G, [FAKE], 0.40625),
    # [(0.25 + 0.0625) + (0.25 + 2.25)] / 2
    (losses.L_D, [REAL, FAKE], 1.40625),
    # (min(0.5, 1) - 1)^2 = 0.25, (min(1.5, 1) - 1)^2 = 0
    (losses.L_DM1, [REAL], 0.125),
    # (0.0625 + 2.25) / 2
    (losses.L_DM2, [FAKE], 1.15625),
    # (0.25 - 0.75)^2 = 0.25, (1.5 - 1.5)^2 = 0
    (losses.L_DM3, [FAKE, ONE, TWO], 0.125),
    (losses.L_GM1a, [FAKE], 0.40625),
    # (1.75^2 + 0.5^2) / 2
    (losses.L_GM1b, [FAKE], 1.65625),
    # (max(0, -0.25) - 1)^2 = 1, (max(0, 0.5) - 1)^2 = 0.25
    (losses.L_GM2, [ONE, TWO], 0.625),
    # [(0.5625 + 0.0625) / 2 + (0.25 + 0.0625) / 2] / 2
    (losses.L_GM3, [ONE, TWO], 0.234375),
    (losses.flat, [ONE, TWO], 0.5),
]
# Sign of the derivative by each answer: + where the loss wants it smaller.
SIGNS = [
    (losses.L_G, [FAKE], [[-1, 1]]),
    (losses.L_D, [REAL, FAKE], [[-1, 1], [1, 1]]),
    (losses.L_DM1, [REAL], [[-1, 0]]),
    (losses.L_DM2, [FAKE], [[1, 1]]),
    (losses.L_DM3, [(0.25, 2.0), ONE, TWO], [[-1, 1], [1, -1], [1, -1]]),
    (losses.L_GM1a, [FAKE], [[-1, 1]]),
    (losses.L_GM1b, [FAKE], [[-1, -1]]),
    (losses.L_GM2, [ONE, TWO], [[0, -1], [0, -1]]),
    (losses.L_GM3, [ONE, TWO], [[-1, -1], [-1, -1]]),
]


def tensors(values: list[tuple[float, ...]]) -> list[Tensor]:
    return [torch.tensor(some, dtype=torch.float64, requires_grad=True) for some in values]


def name(value: object) -> str:
    return getattr(value, "__name__", "")


@pytest.mark.parametrize(("loss", "given", "expected"), BY_HAND, ids=name)
def test_by_hand(
    loss: Callable[..., Tensor], given: list[tuple[float, ...]], expected: float
) -> None:
    assert loss(*tensors(given)).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("loss", "given", "signs"), SIGNS, ids=name)
def test_signs_of_the_gradients(
    loss: Callable[..., Tensor], given: list[tuple[float, ...]], signs: list[list[int]]
) -> None:
    answers = tensors(given)
    gradients = torch.autograd.grad(loss(*answers), answers)
    assert [gradient.sign().int().tolist() for gradient in gradients] == signs


@pytest.mark.parametrize(
    ("loss", "given"),
    [
        (losses.L_G, [(1.0,)]),
        (losses.L_D, [(1.0,), (0.0,)]),
        (losses.L_DM1, [(1.0, 1.7, 2.0)]),
        (losses.L_DM2, [(0.0,)]),
        (losses.L_GM3, [(1.0,), (1.0,)]),
        (losses.L_DM3, [(1.25,), (0.75,), (0.5,)]),
        (losses.L_GM1a, [(1.0,)]),
        (losses.L_GM1b, [(2.0,)]),
        (losses.L_GM2, [(1.0,), (1.0,)]),
    ],
    ids=name,
)
def test_is_nought_where_it_wants_to_be(
    loss: Callable[..., Tensor], given: list[tuple[float, ...]]
) -> None:
    assert loss(*tensors(given)).item() == 0


def test_the_flat_share_has_no_graph_and_its_border_is_outside() -> None:
    assert not losses.flat(*tensors([ONE, TWO])).requires_grad
    assert losses.flat(*tensors([(0.5,), (0.5,)])).item() == 0
