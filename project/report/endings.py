"""Whether the curves are flat at their end, and whether they have turned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from project.report.comparisons import Row, Study
from project.report.measure import Measure
from project.report.scorings import curves_along, of_kimg
from project.report.statistics import Estimate, estimate

MOVING = 0.05  # share by which a curve that is flat may change over its last third
SLACK = 0.02  # share by which a scoring may lie before the last third


@dataclass(frozen=True)
class Ending:
    """How the curve of a condition ends.

    Args:
        row: the condition.
        slope: of the last third, per 100 kimg, over the seeds.
        change: over the last third, mean of the seeds.
        end: score at the end, mean of the seeds.
        best: the lowest mean over the curve.
        best_at: kimg at which it was.
        rise: from there to the end, over the seeds.
        kimg: at the end.
    """

    row: Row
    slope: Estimate
    change: float
    end: float
    best: float
    best_at: float
    rise: Estimate
    kimg: float

    @property
    def moves(self) -> bool:
        """Whether it changes by more than 5 % over the last third."""
        return abs(self.change) > MOVING * abs(self.end - self.change)

    @property
    def turned(self) -> bool:
        """Whether it ends more than 5 % worse than it had been: small data overfits."""
        return self.end - self.best > MOVING * abs(self.best)


def endings(study: Study, measure: Measure) -> list[Ending]:
    """Returns how the conditions' curves end, of those that were scored in the last third."""
    found = (_ending(row, measure) for row in study.rows)
    return [ending for ending in found if ending]


def _ending(row: Row, measure: Measure) -> Ending | None:
    curves = list(curves_along(row, measure.key, of_kimg).values())
    lasts = [_last_third(curve) for curve in curves]
    lasts = [last for last in lasts if len(last) > 1]
    if not lasts:
        return None
    slopes = [100 * float(np.polyfit(list(last), list(last.values()), 1)[0]) for last in lasts]
    change = fmean(last[max(last)] - last[min(last)] for last in lasts)
    # The seeds of a condition were scored at the same points.
    points = set.intersection(*(set(curve) for curve in curves)) or {max(curves[0])}
    means = {at: fmean(c[at] for c in curves if at in c) for at in points}
    best_at = min(means, key=lambda at: means[at])
    end = fmean(curve[max(curve)] for curve in curves)
    rise = estimate([curve[max(curve)] - curve[best_at] for curve in curves if best_at in curve])
    return Ending(row, estimate(slopes), change, end, means[best_at], best_at, rise, max(points))


def _last_third(curve: Mapping[float, float]) -> dict[float, float]:
    begin = (2 / 3 - SLACK) * max(curve)
    return {at: value for at, value in curve.items() if at >= begin}
