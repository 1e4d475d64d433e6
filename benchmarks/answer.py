"""Whether the report's statistics keep what they promise, on made-up studies with known effects.

Twelve conditions, none among them, so that there are eleven comparisons. A score is its condition's
part plus its seed's part plus noise; the noise of a condition is 1 unless told otherwise. Beside
our test stands what it replaced: Student's t over each condition's own paired differences, with
Holm's correction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from project.report.chances import chances
from project.report.layout import lay_out
from project.report.seeds_needed import seeds_needed
from project.report.statistics import ALPHA, holm

Array = NDArray[np.float64]
CONDITIONS = 12
DIFFERENCE = math.sqrt(2)  # standard deviation of a paired difference
STUDIES = 2000
EQUAL = np.ones(CONDITIONS)
UNEQUAL = {
    "one condition with 3 times the spread": np.where(np.arange(CONDITIONS) == 5, 3.0, 1.0),
    "none with twice the spread": np.where(np.arange(CONDITIONS) == 0, 2.0, 1.0),
}
ALARMS, POWERFUL, CALIBRATED = "at most 5 %", "at least 80 %", "at most 0.05"


def effects(size: float, count: int = 1) -> Array:
    """True scores: the last ``count`` conditions are lower than the others by ``size``."""
    return np.array([0.0] * (CONDITIONS - count) + [-size] * count)


def draw(true: Array, seeds: int, spread: Array, random: np.random.Generator) -> Array:
    """Draws the scores of a study, ``conditions x seeds``."""
    noise = random.standard_normal((len(true), seeds)) * spread[:, None]
    return true[:, None] + random.standard_normal(seeds) + noise


def by_seed(scores: Array) -> list[dict[int, float]]:
    """Returns a study's scores as a report has them; NaN stands for a run that is missing."""
    return [{seed: x for seed, x in enumerate(row) if x == x} for row in scores.tolist()]


def told(scores: Array) -> NDArray[np.bool_]:
    """Says which conditions our test tells from none."""
    return np.asarray(lay_out(by_seed(scores)).p_values() < ALPHA)


def told_by_holm(scores: Array) -> NDArray[np.bool_]:
    """Says which ones Student's t with Holm's correction tells from none."""
    p = stats.ttest_1samp(scores[1:] - scores[0], 0, axis=1, nan_policy="omit").pvalue
    return np.asarray(holm(np.asarray(p).tolist())) < ALPHA


def rates(
    true: Array, seeds: int, spread: Array, studies: int, missing: float = 0.0
) -> dict[str, tuple[float, float]]:
    """Returns the share of studies with a false alarm, and of true effects that are told.

    Args:
        true: scores of the conditions.
        seeds: runs of each.
        spread: standard deviation of a score over the seeds, of each condition.
        studies: that are made up.
        missing: share of the runs with DA that failed; two of each are left.

    Returns:
        By ``ours`` and ``holm``; the second is NaN without true effects.
    """
    random = np.random.default_rng(seeds)
    real = true[1:] != true[0]
    found: dict[str, list[tuple[bool, float]]] = {"ours": [], "holm": []}
    for _ in range(studies):
        scores = draw(true, seeds, spread, random)
        lost = random.random(scores.shape) < missing
        lost[0], lost[:, :2] = False, False
        scores[lost] = math.nan
        for name, test in (("ours", told), ("holm", told_by_holm)):
            seen = test(scores)
            share = float(seen[real].mean()) if real.any() else math.nan
            found[name].append((bool(seen[~real].any()), share))
    return {name: tuple(np.mean(values, axis=0).tolist()) for name, values in found.items()}


def calibration(
    seeds: int, between: float, studies: int, shift: float = 0.0, spread: Array = EQUAL
) -> dict[str, float]:
    """Compares stated probabilities with how often they come true.

    Args:
        seeds: runs of each condition.
        between: standard deviation of the conditions' true scores.
        studies: that are made up.
        shift: standard deviation, over the studies, of what all DA have in common.
        spread: standard deviation of a score over the seeds, of each condition.

    Returns:
        Mean distance between stated and true, over tenths of the stated, for ``better`` than none
        and ``best`` of all; and by how much those of 0.9 and more are ``overstated``.
    """
    random = np.random.default_rng(seeds)
    stated: dict[str, list[Array]] = {"better": [], "best": []}
    came: dict[str, list[Array]] = {"better": [], "best": []}
    for _ in range(studies):
        true = between * random.standard_normal(CONDITIONS)
        true[1:] += shift * random.standard_normal()
        scores = draw(true, seeds, spread, random)
        found = chances(lay_out(by_seed(scores)), 0.0)
        stated["better"].append(found.better)
        came["better"].append((true[1:] < true[0]).astype(float))
        stated["best"].append(found.best)
        came["best"].append((np.arange(CONDITIONS) == true.argmin()).astype(float))
    joined = {name: (np.concatenate(stated[name]), np.concatenate(came[name])) for name in stated}
    high = joined["better"][0] >= 0.9
    over = (joined["better"][0] - joined["better"][1])[high]
    distances = {name: _distance(*pair) for name, pair in joined.items()}
    return {**distances, "overstated": float(over.mean()) if high.any() else 0.0}


def _distance(stated: Array, came: Array) -> float:
    tenth = np.minimum((stated * 10).astype(int), 9)
    parts = [tenth == number for number in range(10)]
    gaps = [abs(float((stated - came)[part].sum())) for part in parts]
    return sum(gaps) / len(stated)


def rows(studies: int = STUDIES) -> Iterator[tuple[str, ...]]:
    """Measures all of it: about three minutes."""
    yield from _alarms(studies)
    yield from _power(studies)
    for seeds in (3, 5):
        for between in (0.5, 1.0, 2.0):
            found = calibration(seeds, between, studies // 2)
            name = f"{seeds} seeds, conditions lie apart by {between:g} sd"
            for what in ("better", "best"):
                yield f"stated - true, {what}: {name}", f"{found[what]:.3f}", "", "", CALIBRATED
        apart = {"all DA better or worse together": (1.5, EQUAL, CALIBRATED)}
        apart |= {what: (0.0, spread, "(told)") for what, spread in UNEQUAL.items()}
        for what, (shift, spread, target) in apart.items():
            found = calibration(seeds, 0.5, studies // 2, shift, spread)
            name = f"{seeds} seeds, {what}"
            yield f"stated - true, better: {name}", f"{found['better']:.3f}", "", "", "(told)"
            over = f"{found['overstated']:+.3f}"
            yield f"overstated, of 0.9 and more: {name}", over, "", "", target


def _alarms(studies: int) -> Iterator[tuple[str, ...]]:
    none = effects(0.0)
    uneven = np.exp(np.random.default_rng(0).normal(0, 0.4, CONDITIONS))
    cases = {
        "equal spread": (none, EQUAL, 0.0, ALARMS),
        "a tenth of the runs missing": (none, EQUAL, 0.1, ALARMS),
        "five true effects": (effects(3.0, 5), EQUAL, 0.0, ALARMS),
        **{what: (none, spread, 0.0, "(told)") for what, spread in UNEQUAL.items()},
        "spreads from 0.6 to 1.7": (none, uneven, 0.0, "(told)"),
    }
    for seeds in (3, 5):
        for name, (true, spread, missing, target) in cases.items():
            found = rates(true, seeds, spread, studies, missing)
            yield _row(f"false alarms, {seeds} seeds: {name}", found, 0, target)


def _power(studies: int) -> Iterator[tuple[str, ...]]:
    for seeds in (3, 5, 7):
        found = rates(effects(2 * DIFFERENCE), seeds, EQUAL, studies)
        target = POWERFUL if seeds >= 5 else "(told)"
        yield _row(f"power, {seeds} seeds: 2 sd of a paired difference", found, 1, target)
    for seeds in (5, 7, 9):
        found = rates(effects(2.0), seeds, EQUAL, studies)
        yield _row(f"power, {seeds} seeds: 2 sd of a score", found, 1, "(told)")
    for size in (1.0, 1.5):
        needed = seeds_needed(size, 2.0, CONDITIONS - 1, 3)
        if needed:
            found = rates(effects(size), needed, EQUAL, studies)
            yield _row(f"power with the {needed} seeds that are asked for", found, 1, "about 80 %")


def _row(
    name: str, found: dict[str, tuple[float, float]], which: int, target: str
) -> tuple[str, ...]:
    ours, holm = (f"{100 * found[test][which]:.1f} %" for test in ("ours", "holm"))
    return name, ours, f"{holm} (Holm)", "", target
