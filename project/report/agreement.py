"""Whether the measures put the conditions in the same order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from scipy import stats

from project.metrics.score_names import BOTH, LOWER, known
from project.report.comparisons import Study
from project.report.measure import Measure, real_score
from project.report.runs import ScoreKey

MEASURES = (
    *("fid_held_out", "kid_held_out", "fid", "kid", "inception_score"),
    *("precision", "recall", "density", "coverage"),
)
NEAR_ZERO = 0.02  # of what real images score
FEWEST = 3  # conditions that can be put in an order


@dataclass(frozen=True)
class Agreement:
    """Another measure's order of the conditions beside that of the deciding one.

    Args:
        key: the other measure.
        tau: Kendall's tau-b: 1 for the same order, best to worst, -1 for the opposite one. The
            Inception Score is taken as the study reads it, lower being better.
        conditions: that are ordered.
    """

    key: ScoreKey
    tau: float
    conditions: int


def _nothing(study: Study, key: ScoreKey, values: Sequence[float]) -> bool:
    """Whether a measure is next to 0 everywhere: zeros have no order."""
    real = real_score(study.rows, key)
    return real is not None and max(map(abs, values)) < NEAR_ZERO * abs(real)


def agreements(study: Study, measure: Measure) -> list[Agreement]:
    """Compares the order of the condition means, over the seeds, by all measures."""
    found = []
    for key in study.keys:
        if key == measure.key or key[0] != measure.key[0] or key[2] not in MEASURES:
            continue
        pairs = []
        for row in study.rows:
            values = [row.values(one) for one in (measure.key, key)]
            if all(values):
                pairs.append([fmean(by_seed.values()) for by_seed in values])
        if len(pairs) < FEWEST:
            continue
        sign = 1 if known(key[2]).better in (LOWER, BOTH) else -1
        first, second = zip(*pairs, strict=True)
        if len(set(first)) > 1 and len(set(second)) > 1 and not _nothing(study, key, second):
            tau = sign * float(stats.kendalltau(first, second).statistic)
            if math.isfinite(tau):
                found.append(Agreement(key, tau, len(pairs)))
    return found
