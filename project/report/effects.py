"""What each augmentation does to the deciding measure, at one point of the training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from project.report.chances import Chances, chances
from project.report.comparisons import Row
from project.report.layout import Layout, lay_out
from project.report.matched import Matched
from project.report.measure import Measure
from project.report.seeds_needed import seeds_needed
from project.report.statistics import ALPHA

MATTERS = 0.05  # share of none's score by which a person would call two scores different


@dataclass(frozen=True)
class Effect:
    """One condition against none, paired by seed.

    Args:
        row: the condition.
        mean: its score over its seeds.
        seeds: that it has in common with none.
        none: score without augmentation over the same seeds.
        difference: mean of the paired differences, condition minus none.
        low: lower end of the interval; at 95 % for all conditions at once. It and all below are
            NaN where no condition has a second seed, or nothing scatters.
        high: upper end.
        p: corrected for all conditions together.
        gain: the expected improvement, by which the score falls.
        better: probability to be better than none.
        best: probability to be the best of all.
    """

    row: Row
    mean: float
    seeds: int
    none: float
    difference: float
    low: float
    high: float
    p: float
    gain: float
    better: float
    best: float

    @property
    def label(self) -> str:
        """The condition's name."""
        return self.row.condition.label

    @property
    def times(self) -> float:
        """The size of its training set, as a multiple of none's."""
        condition = self.row.condition
        return 1 + (condition.da_size or 0) / (condition.originals or math.inf)

    @property
    def told(self) -> bool:
        """Whether it can be told from none."""
        return self.p < ALPHA

    @property
    def helps(self) -> bool:
        """Whether it is better than none for sure."""
        return self.told and self.difference < 0

    @property
    def harms(self) -> bool:
        """Whether it is worse than none for sure."""
        return self.told and self.difference > 0


@dataclass(frozen=True)
class Comparison:
    """All conditions against none.

    Args:
        matched: where in the training.
        measure: what they are compared by.
        none: mean score without augmentation.
        effects: of each condition that shares a seed with none.
        layout: the statistics behind them.
        helps: probability that any of them gains more than ``MATTERS``; NaN as above.
    """

    matched: Matched
    measure: Measure
    none: float
    effects: tuple[Effect, ...]
    layout: Layout
    helps: float

    @property
    def gan(self) -> str:
        """The GAN that the others are compared with; empty where that is none without DA."""
        baseline = self.matched.study.baseline
        return baseline.condition.label if baseline and baseline.condition.gan else ""

    @property
    def longest(self) -> tuple[float, str]:
        """The largest training set, as a multiple of none's, and whose it is."""
        return max((effect.times, effect.label) for effect in self.effects)

    @property
    def joins(self) -> bool:
        """Whether DA images join the originals, so that training sets are larger than without."""
        return any(effect.row.condition.da_size for effect in self.effects)

    @property
    def spread(self) -> float:
        """Standard deviation of a score beside a seed's part in all; NaN where nothing tells."""
        return math.sqrt(self.layout.noise) if self.layout.freedom else math.nan

    @property
    def margin(self) -> float:
        """What matters, in units of the score."""
        return MATTERS * abs(self.none)

    def per_cent(self, effect: Effect) -> float:
        """Returns a difference in per cent of none's score over the same seeds."""
        return 100 * effect.difference / abs(effect.none) if effect.none else math.nan

    def seeds_to_decide(self, effect: Effect) -> int | None:
        """Returns how many seeds in all would probably decide (80 % power).

        Returns:
            None where it is decided, nothing tells, or not even a hundred would.
        """
        if effect.told or math.isnan(effect.p):
            return None
        # The expected gain, not the observed one: the largest of many is larger than it should be.
        variance = float(self.layout.variance[self.effects.index(effect)])
        return seeds_needed(effect.gain, variance, len(self.effects), effect.seeds)

    def spreads(self, effect: Effect) -> float:
        """Returns a difference in these standard deviations."""
        return effect.difference / self.spread if self.spread else math.nan


def compare(matched: Matched, measure: Measure) -> Comparison | None:
    """Compares the conditions with none.

    Returns:
        None where no condition has a seed in common with none.
    """
    baseline = matched.study.baseline
    none = baseline.values(measure.key) if baseline else {}
    rows = [(row, row.values(measure.key)) for row in matched.study.rows if row is not baseline]
    rows = [(row, values) for row, values in rows if values.keys() & none.keys()]
    if not rows:
        return None
    layout = lay_out([none, *(values for _, values in rows)])
    mean, k = fmean(none.values()), len(rows)
    p_values, half = layout.p_values(), layout.half_widths()
    nothing = np.full(k, math.nan)
    found = Chances(nothing, nothing, np.append(nothing, math.nan), math.nan)
    if not np.isnan(p_values).any():
        found = chances(layout, MATTERS * abs(mean))
    effects = tuple(
        Effect(
            row=row,
            mean=fmean(values.values()),
            seeds=int(layout.counts[i]),
            none=fmean(none[seed] for seed in none.keys() & values.keys()),
            difference=float(layout.mean[i]),
            low=float(layout.mean[i] - half[i]),
            high=float(layout.mean[i] + half[i]),
            p=float(p_values[i]),
            gain=float(found.gain[i]),
            better=float(found.better[i]),
            best=float(found.best[i + 1]),
        )
        for i, (row, values) in enumerate(rows)
    )
    return Comparison(matched, measure, mean, effects, layout, found.beyond)
