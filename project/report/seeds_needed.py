"""How many seeds it takes to tell a difference from none."""

from __future__ import annotations

import functools
import math

import numpy as np
from scipy import stats

from project.report.layout import Array, critical
from project.report.statistics import LEVEL, POWER

MOST = 100  # seeds that anyone would train
DRAWS = 4000


def seeds_needed(effect: float, variance: float, conditions: int, least: int) -> int | None:
    """Returns the number of seeds in all with which a difference is told, with 80 % power.

    Args:
        effect: the true difference from none.
        variance: of a single paired difference.
        conditions: that are compared with none.
        least: number of seeds that there are.

    Returns:
        None where even ``MOST`` are too few.
    """
    low, high = max(least, 1), MOST
    if not variance > 0 or power(effect, variance, conditions, high) < POWER:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        enough = power(effect, variance, conditions, middle) >= POWER
        low, high = (low, middle) if enough else (middle, high)
    return high


def power(effect: float, variance: float, conditions: int, seeds: int) -> float:
    """Returns the probability that the test of `Layout` tells a difference from none.

    Args:
        effect: the true difference.
        variance: of a single paired difference, the same in all conditions.
        conditions: that are compared with none.
        seeds: of each.
    """
    if seeds < 2:
        return 0.0
    freedom = conditions * (seeds - 1)
    half = 0.5 + 0.5 * np.eye(conditions)
    limit = critical(tuple(map(tuple, half.tolist())), freedom, LEVEL)
    shift = abs(effect) / math.sqrt(variance / seeds)
    scatter = _scatter(freedom, seeds - 1) * limit
    return float(np.mean(stats.norm.sf(scatter - shift) + stats.norm.cdf(-scatter - shift)))


@functools.lru_cache(maxsize=256)
def _scatter(pooled: int, own: int) -> Array:
    """Draws the larger of two estimates of the scatter, over the true one."""
    random = np.random.default_rng(0)
    found = random.chisquare(pooled, DRAWS) / pooled
    if own < pooled:
        found = np.maximum(found, random.chisquare(own, DRAWS) / own)
    return np.asarray(np.sqrt(found))
