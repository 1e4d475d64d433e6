"""The rules of a race, fixed before it: who goes on, and how sure the answer is.

Conditions are trained on few seeds in rounds of growing length; after each, the worst of them are
dropped (after successive halving; Jamieson and Talwalkar 2016). The winner was chosen for being
ahead, so that its lead there is too large on average; what is told of it is measured on seeds that
took no part in choosing it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from project.report.statistics import detectable, estimate

NONE = "da=none"  # the condition without augmentation, which is in every round
ROUNDS = 3  # of equal lengths
MOST_SEEDS = 99  # beyond which more of them are no help

# By condition and seed, the deciding measure; lower is better.
Scores = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True)
class Round:
    """A round of the race.

    Attributes:
        kimg: thousands of images shown to D by its end, counted from the beginning of a run.
        seeds: that each condition is trained with.
        keep: conditions that go on after it, besides the one without augmentation.
    """

    kimg: float
    seeds: tuple[int, ...]
    keep: int


@dataclass(frozen=True)
class Effect:
    """What a condition does to the deciding measure, on seeds that did not choose it.

    Attributes:
        seeds: that both have.
        mean: mean paired difference to none; below 0 it is better.
        low: lower end of the 95 % Student-t interval.
        high: upper end.
        sure: probability that it is better than none, by the same t.
        sd: of the differences over seeds.
        none: mean of none on these seeds.
    """

    seeds: tuple[int, ...]
    mean: float
    low: float
    high: float
    sure: float
    sd: float
    none: float


def rounds(conditions: int, kimg: float, seeds: Sequence[int]) -> list[Round]:
    """Plans the rounds in which the winner is found.

    Early scores are a poor guide: over seeds they scatter ten times as widely as late ones, and who
    learns faster need not end better. So each round is a third of the length, and after the first a
    third is dropped, not a half.

    Args:
        conditions: how many there are besides none.
        kimg: full length.
        seeds: that they are trained with.
    """
    chosen = tuple(seeds)
    last = min(conditions, max(2, math.ceil(conditions / 3)))
    return [
        Round(kimg / ROUNDS, chosen, max(last, math.ceil(2 * conditions / 3))),
        Round(2 * kimg / ROUNDS, chosen, last),
        Round(kimg, chosen, 1),
    ]


def cost(
    plan: Sequence[Round], conditions: int, final_seeds: int, parallel: int
) -> tuple[float, int]:
    """Returns what a race costs: thousands of images shown to D one after another, and runs.

    Args:
        plan: its rounds.
        conditions: how many there are besides none.
        final_seeds: with which the winner and none are trained anew.
        parallel: runs at a time; the next round waits for the last of them.
    """
    left, before, kimg, runs = conditions, 0.0, 0.0, 0
    for one in plan:
        waves = math.ceil((left + 1) * len(one.seeds) / parallel)
        kimg += waves * (one.kimg - before)
        runs += waves
        left, before = one.keep, one.kimg
    last = math.ceil(2 * final_seeds / parallel)
    return kimg + last * before, runs + last


def survivors(scores: Scores, keep: int) -> list[str]:
    """Returns the conditions that go on, best first: the lowest mean differences to none.

    Args:
        scores: of all conditions that ran, at the end of the round.
        keep: how many go on; none itself is not among them.
    """
    gaps = {name: gap(found, scores[NONE]) for name, found in scores.items() if name != NONE}
    return sorted(gaps, key=lambda name: gaps[name])[:keep]


def gap(scores: Mapping[int, float], none: Mapping[int, float]) -> float:
    """Returns the mean paired difference over the seeds that both have; infinity without any."""
    shared = [seed for seed in scores if seed in none]
    return fmean(scores[seed] - none[seed] for seed in shared) if shared else math.inf


def effect(scores: Mapping[int, float], none: Mapping[int, float]) -> Effect:
    """Estimates what a condition does.

    A paired t, since its seeds took no part in choosing the condition: one comparison, planned
    beforehand, that needs no correction. Of equal conditions 5 in 100 are told apart; 9 are where
    hours for 4 seeds are followed by hours for 12 and the answer is read both times.

    Args:
        scores: of the condition, by seed.
        none: of the one without augmentation; at least two seeds in common.
    """
    shared = tuple(sorted(set(scores) & set(none)))
    found = estimate([scores[seed] - none[seed] for seed in shared])
    # Nothing scatters where there is no p.
    half = 0.0 if math.isnan(found.p) else found.p / 2
    sure = 1 - half if found.mean < 0 else half
    plain = fmean(none[seed] for seed in shared)
    return Effect(shared, found.mean, found.low, found.high, sure, found.sd, plain)


def seeds_to_decide(found: Effect) -> int | None:
    """Returns with how many seeds in all the effect would be decided four times out of five.

    As large as it was seen and scattering as it did; None where that takes more than 99.
    """
    counts = range(2, MOST_SEEDS + 1)
    enough = (count for count in counts if not detectable(found.sd, count) > abs(found.mean))
    return next(enough, None)
