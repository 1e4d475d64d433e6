from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from project.modules.schedules import Constant, LinearDecay, OneCycle


def rates(schedule: Any, steps: int) -> list[float]:
    optimizer = torch.optim.Adam([nn.Parameter(torch.zeros(1))], lr=2.0)
    moving = schedule(optimizer, total_steps=steps)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        moving.step()
    return found


def test_constant() -> None:
    assert rates(Constant(), 4) == [2.0] * 4


def test_a_straight_line_down() -> None:
    assert rates(LinearDecay(final=0.2), 4) == pytest.approx([2.0, 1.6, 1.2, 0.8])


def test_one_cycle_rises_to_the_rate_and_falls() -> None:
    found = rates(OneCycle(), 100)
    assert max(found) == pytest.approx(2.0)
    assert found.index(max(found)) in range(25, 35)
    assert found[0] < 0.1
    assert found[-1] < 0.001


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_one_cycle_of_very_few_batches(steps: int) -> None:
    assert len(rates(OneCycle(), steps)) == steps
