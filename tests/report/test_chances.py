"""Probabilities to be better than none and to be the best."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.answer import calibration, effects, rates
from project.report.chances import chances
from project.report.layout import lay_out
from project.report.seeds_needed import MOST, power, seeds_needed


def test_a_clear_case() -> None:
    none, low, high = [10.0, 10.5, 9.8], [2.0, 2.1, 2.4], [15.0, 15.2, 14.8]
    told = chances(lay_out([dict(enumerate(row)) for row in (none, low, high)]), 1.0)
    assert told.better == pytest.approx([1.0, 0.0], abs=0.01)
    assert told.best == pytest.approx([0.0, 1.0, 0.0], abs=0.01)
    assert told.beyond == pytest.approx(1.0, abs=0.01)
    assert told.gain == pytest.approx([7.93, -4.9], abs=0.3)


def test_one_condition_was_named_beforehand() -> None:
    told = chances(lay_out([{0: 10.0, 1: 10.4}, {0: 8.0, 1: 9.0}]), 1.0)
    # Differences -2 and -1.4: mean -1.7, standard error 0.3, so t = 5.667 with 1 degree of freedom.
    better = 0.5 + math.atan(1.7 / 0.3) / math.pi
    assert told.better == pytest.approx([better])
    assert told.best == pytest.approx([1 - better, better])
    assert told.gain == pytest.approx([1.7])
    assert told.beyond == pytest.approx(0.5 + math.atan(0.7 / 0.3) / math.pi)


def test_clear_differences_of_few_runs_are_believed() -> None:
    # Two seeds and two conditions beside none leave two degrees of freedom.
    rows = [{0: 50.0, 1: 60.0}, {0: 40.0, 1: 50.001}, {0: 45.0, 1: 55.0001}]
    told = chances(lay_out(rows), 1.0)
    assert told.better.min() > 0.97
    assert told.gain == pytest.approx([10.0, 5.0], rel=0.1)


def test_what_is_alike_is_told_alike() -> None:
    rows = [[1.0, 2.0, 3.0], [2.0, 3.0, 1.0], [3.0, 1.0, 2.0]]
    told = chances(lay_out([dict(enumerate(row)) for row in rows]), 1.0)
    assert told.better == pytest.approx([0.5, 0.5], abs=0.03)
    assert told.best == pytest.approx([1 / 3] * 3, abs=0.03)
    assert told.best.sum() == pytest.approx(1.0)


def test_the_best_of_many_is_believed_less_than_one_named_beforehand() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(12, 5))
    many = lay_out([dict(enumerate(row)) for row in rows.tolist()])
    best = int(np.argmin(many.mean))
    told = chances(many, 0.0)
    assert 0 < told.gain[best] < -many.mean[best] / 2


@pytest.mark.parametrize(("seeds", "between"), [(3, 1.0), (5, 0.5)])
def test_probabilities_come_true_as_often_as_they_say(seeds: int, between: float) -> None:
    measured = calibration(seeds, between, 400)
    assert measured["better"] <= 0.05
    assert measured["best"] <= 0.05
    assert measured["overstated"] <= 0.02


def test_seeds_that_are_asked_for_decide_in_four_of_five_studies() -> None:
    needed = seeds_needed(1.5, 2.0, 11, 3)
    assert needed == 14
    assert power(1.5, 2.0, 11, 13) < 0.8 <= power(1.5, 2.0, 11, 14)
    seen = rates(effects(1.5), needed, np.ones(12), 300)["ours"][1]
    assert seen == pytest.approx(0.8, abs=0.08)


def test_an_effect_too_small_for_any_number_of_seeds() -> None:
    assert seeds_needed(0.1, 2.0, 11, 3) is None
    assert power(0.1, 2.0, 11, MOST) < 0.2
    assert power(5.0, 2.0, 11, 1) == 0.0
