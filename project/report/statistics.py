"""Means, intervals and tests over few seeds.

A bootstrap over 3 to 5 seeds covers far too little; Student's t takes the small number into
account and assumes that the scores of a condition scatter about normally.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

LEVEL = 0.95
ALPHA = 0.05
POWER = 0.8
EFFECTS = (1e-9, 1e6)  # in standard deviations: where the smallest effect is looked for


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds.

    Args:
        count: number of seeds.
        mean: over them.
        sd: sample standard deviation (n - 1); NaN for one seed.
        low: lower end of the interval; NaN for one seed.
        high: upper end.
        p: two-sided, for a mean of 0; NaN where nothing scatters.
    """

    count: int
    mean: float
    sd: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Paired:
    """A difference between two conditions, over the seeds that both have.

    Args:
        seeds: that both have.
        estimate: of the differences.
        detectable: smallest difference that could have been seen.
    """

    seeds: tuple[int, ...]
    estimate: Estimate
    detectable: float


def estimate(values: Sequence[float], level: float = LEVEL) -> Estimate:
    """Returns mean, sd and Student-t interval.

    Args:
        values: finite, one for each seed, at least one.
        level: coverage of the interval, in (0, 1).
    """
    count, mean = len(values), float(np.mean(values))
    if count < 2:
        return Estimate(count, mean, math.nan, math.nan, math.nan, math.nan)
    sd = float(np.std(values, ddof=1))
    error = sd / math.sqrt(count)
    # Equal numbers may leave a rounding error behind, which is no scatter to test against.
    if error <= 1e-12 * max(abs(value) for value in values):
        return Estimate(count, mean, 0.0, mean, mean, math.nan)
    half = float(stats.t.ppf((1 + level) / 2, count - 1)) * error
    p = float(2 * stats.t.sf(abs(mean) / error, count - 1))
    return Estimate(count, mean, sd, mean - half, mean + half, p)


def paired(
    first: Mapping[int, float], second: Mapping[int, float], level: float = LEVEL
) -> Paired | None:
    """Compares two conditions on the same seeds: ``first`` minus ``second``.

    Args:
        first: finite scores by seed.
        second: likewise.
        level: coverage of the interval.

    Returns:
        None where they have no seed in common.
    """
    seeds = tuple(sorted(first.keys() & second.keys()))
    if not seeds:
        return None
    found = estimate([first[seed] - second[seed] for seed in seeds], level)
    return Paired(seeds, found, detectable(found.sd, found.count, 1 - level))


def detectable(sd: float, count: int, alpha: float = ALPHA, power: float = POWER) -> float:
    """Returns the smallest difference that could have been seen.

    That true mean difference at which a two-sided paired t test at ``alpha`` over ``count`` seeds,
    whose differences scatter with ``sd``, would be significant with probability ``power``
    (Cohen 1988, chapter 2, with the exact noncentral t distribution).

    Args:
        sd: sample standard deviation of the paired differences.
        count: number of seeds.
        alpha: level of the test.
        power: probability of seeing it.

    Returns:
        In units of the score; NaN below two seeds or without scatter.
    """
    return sd * _in_spreads(count, alpha, power) if count > 1 and sd > 0 else math.nan


@functools.cache  # a page has a thousand comparisons, of few numbers of seeds
def _in_spreads(count: int, alpha: float, power: float) -> float:
    critical = float(stats.t.ppf(1 - alpha / 2, count - 1))
    scatter = _scatter(count - 1) * critical

    def missing(effect: float) -> float:
        shift = effect * math.sqrt(count)
        seen = special.ndtr(shift - scatter) + special.ndtr(-scatter - shift)
        return float(np.mean(seen)) - power

    return float(optimize.brentq(missing, *EFFECTS, xtol=1e-10))


def _scatter(freedom: int) -> NDArray[np.float64]:
    """Quantiles of sample sd over true sd; SciPy's own noncentral t fails far out."""
    chances = (np.arange(4000) + 0.5) / 4000
    found: NDArray[np.float64] = np.sqrt(stats.chi2.ppf(chances, freedom) / freedom)
    return found


def holm(p_values: Sequence[float]) -> list[float]:
    """Corrects p-values for their number (Holm 1979).

    Args:
        p_values: NaN stands for a test that could not be made, and is not counted.

    Returns:
        In the same order; NaN stays.
    """
    tested = sorted((p, i) for i, p in enumerate(p_values) if not math.isnan(p))
    corrected = [math.nan] * len(p_values)
    largest = 0.0
    for rank, (p, i) in enumerate(tested):
        largest = max(largest, min(1.0, p * (len(tested) - rank)))
        corrected[i] = largest
    return corrected


def holm_levels(p_values: Sequence[float], alpha: float = ALPHA) -> list[float]:
    """Returns the level of each interval under Holm's correction.

    The smallest p-value is held against ``alpha / m``, the next against ``alpha / (m - 1)``, and
    so on up to the first that is larger than its share; that one's level serves for all after it.
    An interval at its level leaves out 0 exactly where Holm's test rejects.

    Args:
        p_values: NaN stands for what cannot be tested; it is counted, and comes last.
        alpha: probability of one false decision or more.
    """
    order = sorted(range(len(p_values)), key=lambda i: (math.isnan(p_values[i]), p_values[i]))
    levels = [alpha] * len(p_values)
    share, failed = alpha, False
    for rank, i in enumerate(order):
        if not failed:
            share = alpha / (len(order) - rank)
            failed = not p_values[i] <= share
        levels[i] = 1 - share
    return levels
