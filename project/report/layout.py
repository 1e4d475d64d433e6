"""Differences of all conditions from the first one, as one two-way layout of conditions and seeds.

Five seeds leave four degrees of freedom to the scatter of one paired difference; twelve conditions
share 44. So the scatter is estimated over all of them: a score is taken as a condition's part plus
a seed's part plus noise. Where a difference scatters more than the layout says, it is held against
the larger scatter, so that a condition that is noisier than the others raises no false alarm.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from project.report.statistics import LEVEL

Array = NDArray[np.float64]
DRAWS = 100_000  # of the largest of all t; p-values are known to 0.0007 at 0.05


@dataclass(frozen=True)
class Layout:
    """Paired differences of ``k`` conditions from the first one.

    Args:
        mean: the differences, ``k``.
        counts: number of seeds in each.
        variance: of a single paired difference, ``k``: the largest of twice the noise of the
            layout, the mean over the conditions, and its own.
        noise: variance of a score about its condition's and its seed's part.
        freedom: degrees of freedom of ``noise``; 0 where nothing is left to estimate it from.
        covariance: of the differences where the noise is 1, ``k x k``.
    """

    mean: Array
    counts: Array
    variance: Array
    noise: float
    freedom: int
    covariance: Array

    @property
    def error(self) -> Array:
        """Standard errors of the differences, ``k``."""
        found: Array = np.sqrt(self.variance / self.counts)
        return found

    def p_values(self) -> Array:
        """Two-sided, corrected for all ``k`` together; NaN where nothing scatters.

        The largest of all ``|t|`` is what each is held against (Dunnett 1955), its distribution by
        simulation with the correlations of the very layout, so that seeds may be missing.
        """
        if not self._testable:
            return np.full(len(self.mean), math.nan)
        t = np.abs(self.mean) / self.error
        if len(t) == 1:
            return np.asarray(2 * stats.t.sf(t, self.freedom))
        largest = largest_t(self._correlation, self.freedom)
        above = len(largest) - np.searchsorted(largest, t)
        return np.asarray((above + 1) / (len(largest) + 1))

    def half_widths(self, level: float = LEVEL) -> Array:
        """Half the intervals that hold all ``k`` true differences at once; NaN without scatter.

        An interval at 0.95 leaves out 0 exactly where the corrected p-value is below 0.05.
        """
        if not self._testable:
            return np.full(len(self.mean), math.nan)
        return self.error * critical(self._correlation, self.freedom, level)

    @property
    def _testable(self) -> bool:
        scale = max(float(np.max(np.abs(self.mean))), 1e-300)
        return self.freedom > 0 and bool(np.all(self.error > 1e-12 * scale))

    @property
    def _correlation(self) -> tuple[tuple[float, ...], ...]:
        scale = np.sqrt(np.diag(self.covariance))
        return tuple(map(tuple, (self.covariance / np.outer(scale, scale)).round(12).tolist()))


def lay_out(scores: Sequence[Mapping[int, float]]) -> Layout:
    """Compares conditions with the first of them.

    Args:
        scores: of each condition, finite, by seed; each shares a seed with the first.
    """
    seeds = sorted({seed for values in scores for seed in values})
    table = np.array([[values.get(seed, math.nan) for seed in seeds] for values in scores])
    pairs = table[1:] - table[0]
    there = ~np.isnan(pairs)
    counts = there.sum(axis=1).astype(float)
    mean = np.nansum(pairs, axis=1) / counts
    squares = np.nansum((pairs - mean[:, None]) ** 2, axis=1)
    noise, freedom = _noise(table)
    own = squares / np.maximum(counts - 1, 1)
    least = max(2 * noise, float(squares.sum() / max((counts - 1).sum(), 1)))
    shared = there.astype(float) @ there.astype(float).T / np.outer(counts, counts)
    return Layout(
        mean, counts, np.maximum(own, least), noise, freedom, shared + np.diag(1 / counts)
    )


def _noise(table: Array) -> tuple[float, int]:
    """Returns the residual variance of ``condition + seed``, and its degrees of freedom."""
    condition, seed = np.nonzero(~np.isnan(table))
    values = table[condition, seed]
    design = np.zeros((len(values), sum(table.shape)))
    design[np.arange(len(values)), condition] = 1
    design[np.arange(len(values)), table.shape[0] + seed] = 1
    found, _, rank, _ = np.linalg.lstsq(design, values - values.mean(), rcond=None)
    freedom = len(values) - int(rank)
    left = values - values.mean() - design @ found
    return (float(left @ left) / freedom if freedom else 0.0), freedom


@functools.lru_cache(maxsize=8)
def _largest_normal(correlation: tuple[tuple[float, ...], ...]) -> Array:
    """The largest ``|z|`` of correlated normals, in ``DRAWS`` draws."""
    root = np.linalg.cholesky(np.array(correlation))
    normal = np.random.default_rng(0).standard_normal((DRAWS, len(root)))
    found: Array = np.abs(normal @ root.T).max(axis=1)
    return found


@functools.lru_cache(maxsize=256)
def largest_t(correlation: tuple[tuple[float, ...], ...], freedom: int) -> Array:
    """Draws the largest ``|t|`` where nothing differs.

    Returns:
        ``DRAWS`` of them, in ascending order.
    """
    spread = np.sqrt(np.random.default_rng(1).chisquare(freedom, DRAWS) / freedom)
    found: Array = np.sort(_largest_normal(correlation) / spread)
    return found


def critical(correlation: tuple[tuple[float, ...], ...], freedom: int, level: float) -> float:
    """Returns what the largest ``|t|`` stays below with probability ``level``."""
    if len(correlation) == 1:
        return float(stats.t.ppf((1 + level) / 2, freedom))
    return float(np.quantile(largest_t(correlation, freedom), level))
