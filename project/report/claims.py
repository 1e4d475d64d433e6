"""Study A's findings H1 to H7 as comparisons to be made."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scipy import stats

from project.report.comparisons import Row
from project.report.conditions import STUDYS
from project.report.curves import slope
from project.report.matched import Matched
from project.report.runs import ScoreKey
from project.report.statistics import POWER, Estimate, paired

CELEBA, POMERANIAN = "CelebA", "Pomeranian"
SINGLES = ("contrast", "invert", "flip", "vflip", "gen")
PAIRS = ("contrast+flip", "contrast+gen", "flip+gen")
SHARP = "sharpness"
FEWEST = 5  # conditions for a rank correlation
Made = tuple[Estimate, float, int]
"""An estimate, the smallest difference that could have been seen, the number of seeds."""


@dataclass(frozen=True)
class Part:
    """One comparison of a hypothesis.

    Args:
        text: what is compared.
        sign: of the difference that is claimed, 1 or -1.
        make: makes it at a level; None where runs are missing.
    """

    text: str
    sign: int
    make: Callable[[float], Made | None]


@dataclass(frozen=True)
class Claim:
    """One hypothesis: all its parts together."""

    name: str
    text: str
    parts: tuple[Part, ...]


class Claims:
    """The hypotheses, asked of the runs that there are.

    Args:
        studies: by the study's name of the data set, ``CelebA`` and ``Pomeranian``.
        key: the Inception Score that they are about.
    """

    def __init__(self, studies: Mapping[str, Matched], key: ScoreKey) -> None:
        self.studies = studies
        self.key = key

    def row(self, data: str, policy: str, times: int = 1) -> Row | None:
        """Returns the condition of the study's own GAN with ``times`` DA images an original."""
        kinds = set() if policy == "none" else set(policy.split("+"))
        for row in self.studies[data].study.rows if data in self.studies else ():
            condition = row.condition
            size = 0 if not kinds else (condition.originals or 0) * times
            equal = len(set(condition.ratio.split(":"))) == 1
            own = condition.gan in STUDYS
            if own and set(condition.kinds) == kinds and equal and condition.da_size == size:
                return row
        return None

    def difference(
        self, data: str, first: str, second: str, sign: int, times: tuple[int, int] = (1, 1)
    ) -> Part:
        """Compares two conditions of a data set by the Inception Score."""
        one, other = self.row(data, first, times[0]), self.row(data, second, times[1])

        def make(level: float) -> Made | None:
            if one is None or other is None:
                return None
            found = paired(one.values(self.key), other.values(self.key), level)
            return (found.estimate, found.detectable, len(found.seeds)) if found else None

        name = self.studies[data].study.data if data in self.studies else data
        twice = [" x 2" if time > 1 else "" for time in times]
        return Part(f"{name}: {first}{twice[0]} - {second}{twice[1]}", sign, make)

    def correlation(self) -> Part:
        """Correlates the ranks of the condition means on both data sets."""

        def make(level: float) -> Made | None:
            means = [self.means(data) for data in (CELEBA, POMERANIAN)]
            shared = sorted(means[0].keys() & means[1].keys())
            if len(shared) < FEWEST:
                return None
            seeds = min(means[i][name][1] for i in (0, 1) for name in shared)
            profiles = [[mean[name][0] for name in shared] for mean in means]
            if any(len(set(profile)) == 1 for profile in profiles):
                return None
            found, least = rank_correlation(profiles[0], profiles[1], level)
            return found, least, seeds

        return Part(f"rank correlation of {CELEBA} and {POMERANIAN}", 1, make)

    def means(self, data: str) -> dict[tuple[str, int], tuple[float, int]]:
        """Returns mean and number of seeds of the DA conditions, by policy and multiple."""
        found = {}
        for policy, times in [*((p, 1) for p in SINGLES + PAIRS), *((p, 2) for p in PAIRS)]:
            row = self.row(data, policy, times)
            values = list(row.values(self.key).values()) if row else []
            if values:
                found[policy, times] = (sum(values) / len(values), len(values))
        return found

    def outline(self, policy: str, sign: int) -> Part:
        """Compares how fast the sharpness of Pomeranian images changes."""

        def slopes(name: str) -> dict[int, float]:
            row = self.row(POMERANIAN, name)
            key = (self.key[0], self.key[1], SHARP)
            curves = self.studies[POMERANIAN].curves(row, key) if row else {}
            found = {seed: slope(curve) for seed, curve in curves.items()}
            return {seed: value for seed, value in found.items() if math.isfinite(value)}

        def make(level: float) -> Made | None:
            none = slopes("none")
            first = none if policy == "none" else slopes(policy)
            found = paired(first, dict.fromkeys(none, 0.0) if policy == "none" else none, level)
            return (found.estimate, found.detectable, len(found.seeds)) if found else None

        than = "" if policy == "none" else " - none"
        return Part(f"{POMERANIAN}: slope of sharpness, {policy}{than}", sign, make)


def rank_correlation(
    first: Sequence[float], second: Sequence[float], level: float
) -> tuple[Estimate, float]:
    """Returns Spearman's rank correlation with an interval, and the least that could be seen.

    Fisher's z with the standard error of Bonett and Wright (2000),
    ``sqrt((1 + r^2 / 2) / (n - 3))``; the conditions, not the seeds, are what is counted.
    """
    count = len(first)
    rho = float(stats.spearmanr(first, second).statistic)
    inside = max(-0.999999, min(0.999999, rho))
    error = math.sqrt((1 + inside**2 / 2) / (count - 3))
    z = math.atanh(inside)
    half = float(stats.norm.ppf((1 + level) / 2)) * error
    p = float(2 * stats.norm.sf(abs(z) / error))
    found = Estimate(count, rho, math.nan, math.tanh(z - half), math.tanh(z + half), p)
    needed = float(stats.norm.ppf((1 + level) / 2) + stats.norm.ppf(POWER))
    return found, math.tanh(needed / math.sqrt(count - 3))


def claims(
    studies: Mapping[str, Matched], key: ScoreKey, data: tuple[str, ...] = (CELEBA, POMERANIAN)
) -> list[Claim]:
    """Returns the study's findings.

    Args:
        studies: by the study's name of the data set.
        key: the Inception Score that they are about.
        data: the data sets that are asked; one alone leaves out what is about the other.
    """
    ask = Claims(studies, key).difference
    others = [kind for kind in SINGLES if kind != "gen"]
    both = POMERANIAN in data
    lowest = [ask(POMERANIAN, "gen", kind, -1) for kind in others] if both else []
    size = [
        ask(d, pair, pair, 1 if (d, pair) == (POMERANIAN, PAIRS[0]) else -1, (2, 1))
        for d in data
        for pair in PAIRS
    ]
    singles = [ask(CELEBA, "invert", kind, 1) for kind in SINGLES if kind != "invert"]
    lower = [ask(d, kind, "none", -1) for d in data for kind in ("flip", "gen")]
    pairs = [ask(d, pair, "none", -1) for d in data for pair in PAIRS]
    last = "; on Pomeranian gen is the lowest" if both else ""
    but = ", but raise it for contrast+flip on Pomeranian" if both else ""
    found = [
        Claim("H1", "invert has the highest IS of the five single kinds (CelebA)", (*singles,)),
        Claim("H2", "vflip has a higher IS than none (CelebA)", (ask(CELEBA, "vflip", "none", 1),)),
        Claim("H3", f"flip, and gen, have a lower IS than none{last}", (*lower, *lowest)),
        Claim("H4", f"twice the DA images lower the IS of a pair{but}", (*size,)),
        Claim("H6", "every pair has an IS equal to or lower than none", (*pairs,)),
    ]
    if both:
        outline = Claims(studies, key).outline
        kept = [outline(policy, 1) for policy in SINGLES + PAIRS]
        correlation = Claims(studies, key).correlation()
        blur = "outlines blur over the epochs without DA, and keep with it (Pomeranian)"
        alike = "the profile over the DA conditions looks alike on both data sets"
        found.insert(4, Claim("H5", alike, (correlation,)))
        found.append(Claim("H7", blur, (outline("none", -1), *kept)))
    return found
