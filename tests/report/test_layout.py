"""Differences of all conditions together: by hand, against SciPy, and on made-up studies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from benchmarks.answer import CONDITIONS, DIFFERENCE, effects, rates
from project.report.layout import critical, lay_out


def test_one_condition_is_students_paired_t_test() -> None:
    none, flip = [2.0, 2.5, 2.2, 2.9], [1.0, 1.9, 1.4, 2.2]
    found = lay_out([dict(enumerate(none)), dict(enumerate(flip))])
    expected = stats.ttest_rel(flip, none)
    assert found.p_values()[0] == pytest.approx(expected.pvalue)
    half = found.half_widths()[0]
    ends = (found.mean[0] - half, found.mean[0] + half)
    assert ends == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_the_noise_by_hand() -> None:
    # The rows rise by 0, 2 and 4: less their mean, 2, that leaves +-1, 0 and +-1 in each row.
    found = lay_out([{0: 0.0, 1: 0.0}, {0: 1.0, 1: 3.0}, {0: 2.0, 1: 6.0}])
    assert found.mean == pytest.approx([2.0, 4.0])
    assert (found.noise, found.freedom) == (pytest.approx(4 / 2), 2)
    # Twice the noise is 4; own variances are 2 and 8, their mean 5: the largest counts.
    assert found.variance == pytest.approx([5.0, 8.0])
    assert found.covariance == pytest.approx(np.array([[1.0, 0.5], [0.5, 1.0]]))


def test_against_dunnetts_own_table() -> None:
    # Dunnett (1964), two-sided, 5 %: k = 2, 3 and 9 with 20, 20 and 60 degrees of freedom.
    for k, freedom, limit in ((2, 20, 2.38), (3, 20, 2.54), (9, 60, 2.78)):
        half = 0.5 + 0.5 * np.eye(k)
        found = critical(tuple(map(tuple, half.tolist())), freedom, 0.95)
        assert found == pytest.approx(limit, abs=0.02)


def test_missing_seeds_leave_the_others_paired() -> None:
    none = {0: 10.0, 1: 20.0, 2: 30.0}
    found = lay_out([none, {0: 9.0, 2: 27.0}, {0: 10.0, 1: 19.0, 2: 33.0}])
    assert found.mean == pytest.approx([-2.0, 2 / 3])
    assert found.counts.tolist() == [2, 3]
    # Two seeds in common, of two and three: 2 / (2 * 3); own: 2 / m.
    assert found.covariance == pytest.approx(np.array([[1.0, 1 / 3], [1 / 3, 2 / 3]]))


def test_an_interval_leaves_out_0_where_p_is_below_a_twentieth() -> None:
    random = np.random.default_rng(3)
    for _ in range(40):
        table = random.normal(size=(6, 4)) + np.linspace(0, 3, 6)[:, None]
        found = lay_out([dict(enumerate(row)) for row in table.tolist()])
        outside = np.abs(found.mean) > found.half_widths()
        assert outside.tolist() == (found.p_values() < 0.05).tolist()


@pytest.mark.parametrize("scores", [[{0: 1.0}, {0: 2.0}], [{0: 1.0, 1: 2.0}, {0: 2.0, 1: 3.0}]])
def test_what_does_not_scatter_is_not_tested(scores: list[dict[int, float]]) -> None:
    found = lay_out(scores)
    assert math.isnan(found.p_values()[0])
    assert math.isnan(found.half_widths()[0])


EQUAL = np.ones(CONDITIONS)


@pytest.mark.parametrize("seeds", [3, 5])
def test_false_alarms_over_the_family_of_eleven(seeds: int) -> None:
    # 5 % of 600 studies are 30; 45 and more have a chance below 1 of 100.
    found = rates(effects(0.0), seeds, EQUAL, 600)
    assert found["ours"][0] <= 0.075
    assert rates(effects(3.0, 5), seeds, EQUAL, 300)["ours"][0] <= 0.08


def test_an_effect_of_twice_the_spread_is_told_with_five_seeds() -> None:
    found = rates(effects(2 * DIFFERENCE), 5, EQUAL, 500)
    assert found["ours"][1] >= 0.8
    # What it replaced does not: four degrees of freedom are too few for eleven comparisons.
    assert found["holm"][1] <= 0.5


def test_a_noisy_condition_raises_no_false_alarm() -> None:
    noisy = EQUAL.copy()
    noisy[5] = 3.0
    assert rates(effects(0.0), 5, noisy, 500)["ours"][0] <= 0.08
