"""Whether the measures put the conditions in the same order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean

from scipy import stats

from project.metrics.score_names import BOTH, LOWER, known
from project.report.comparisons import Study
from project.report.measure import Measure
from project.report.runs import ScoreKey

MEASURES = (
    *("fid_held_out", "kid_held_out", "fid", "kid", "inception_score"),
    *("precision", "recall", "density", "coverage"),
)
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
        if len(set(first)) > 1 and len(set(second)) > 1:
            tau = sign * float(stats.kendalltau(first, second).statistic)
            if math.isfinite(tau):
                found.append(Agreement(key, tau, len(pairs)))
    return found
