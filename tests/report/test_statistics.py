"""Every statistic against SciPy's own, or against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from project.report.statistics import detectable, estimate, holm, holm_levels, paired

SEEDS = {0: 2.0, 1: 4.0, 2: 6.0}


def test_interval_by_hand() -> None:
    # mean 4, sd 2; t(0.975, 2) = 4.30265, divided by sqrt(3)
    found = estimate([2.0, 4.0, 6.0])
    assert (found.count, found.mean, found.sd) == (3, 4.0, 2.0)
    assert found.low == pytest.approx(4 - 4.302653 * 2 / math.sqrt(3))
    assert found.high == pytest.approx(4 + 4.302653 * 2 / math.sqrt(3))


def test_interval_against_scipy() -> None:
    values = np.random.default_rng(0).normal(3, 2, 5).tolist()
    for level in (0.8, 0.95, 0.99):
        expected = stats.ttest_1samp(values, 0).confidence_interval(level)
        found = estimate(values, level)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
        assert found.p == pytest.approx(stats.ttest_1samp(values, 0).pvalue)


def test_interval_covers_what_it_says() -> None:
    draws = np.random.default_rng(1).normal(5, 1, (4000, 3))
    held = [found.low <= 5 <= found.high for found in map(estimate, draws.tolist())]
    assert np.mean(held) == pytest.approx(0.95, abs=0.012)


def test_one_seed_has_no_interval() -> None:
    found = estimate([3.0])
    assert (found.count, found.mean) == (1, 3.0)
    assert all(math.isnan(value) for value in (found.sd, found.low, found.high, found.p))


@pytest.mark.parametrize("values", [[2.0, 2.0], [0.0, 0.0], [0.1 + 0.2, 0.3, 0.3]])
def test_what_does_not_scatter_is_not_tested(values: list[float]) -> None:
    found = estimate(values)
    assert found.low == found.high == found.mean
    assert math.isnan(found.p)


def test_paired_against_scipy() -> None:
    other = {0: 1.5, 1: 3.0, 2: 5.9, 7: 100.0}
    found = paired(SEEDS, other)
    assert found is not None
    assert found.seeds == (0, 1, 2)
    expected = stats.ttest_rel([2, 4, 6], [1.5, 3.0, 5.9])
    assert found.estimate.p == pytest.approx(expected.pvalue)
    assert found.estimate.mean == pytest.approx((0.5 + 1.0 + 0.1) / 3)
    ends = (found.estimate.low, found.estimate.high)
    assert ends == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_no_common_seed() -> None:
    assert paired({0: 1.0}, {1: 1.0}) is None


@pytest.mark.parametrize("count", [2, 3, 5, 20])
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 7])
def test_the_smallest_difference_is_seen_in_four_of_five_studies(count: int, alpha: float) -> None:
    size = detectable(1.5, count, alpha)
    draws = np.random.default_rng(count).normal(size, 1.5, (40_000, count))
    seen = np.mean(stats.ttest_1samp(draws, 0, axis=1).pvalue < alpha)
    assert seen == pytest.approx(0.8, abs=0.01)


def test_the_smallest_difference_of_a_published_table() -> None:
    # Cohen's d of 0.5 at 80 % power needs 34 pairs (G*Power 3.1: 33.37).
    assert detectable(1, 34) < 0.5 < detectable(1, 33)


def test_the_smallest_difference_grows_with_the_scatter() -> None:
    assert detectable(3.0, 4) == pytest.approx(3 * detectable(1.0, 4))
    assert math.isnan(detectable(1.0, 1))
    assert math.isnan(detectable(0.0, 3))


def test_holm_by_hand() -> None:
    # sorted .01 .02 .03 .04, times 4 3 2 1, never falling
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    corrected = holm([math.nan, 0.03, 0.04])
    assert math.isnan(corrected[0])
    assert corrected[1:] == pytest.approx([0.06, 0.06])
    assert holm([]) == []


def test_holms_levels_by_hand() -> None:
    # .01 <= .05/3, then .04 > .05/2: that one's level serves for the last too
    assert holm_levels([0.04, 0.01, 0.2]) == pytest.approx([0.975, 1 - 0.05 / 3, 0.975])
    assert holm_levels([0.01, math.nan]) == pytest.approx([0.975, 0.95])


def test_an_interval_at_holms_level_leaves_out_zero_where_the_test_rejects() -> None:
    generator = np.random.default_rng(3)
    for _ in range(200):
        samples = [generator.normal(shift, 1, 4).tolist() for shift in (0, 1, 2, 4)]
        p_values = [estimate(sample).p for sample in samples]
        rejected = [p <= 0.05 for p in holm(p_values)]
        found = [estimate(s, lv) for s, lv in zip(samples, holm_levels(p_values), strict=True)]
        assert [e.low > 0 or e.high < 0 for e in found] == rejected
