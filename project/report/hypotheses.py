"""Decides the study's findings by the rule that stands in it.

A finding is supported where the interval of each of its differences lies wholly on the claimed
side, contradicted where one lies wholly on the other side, and undecided else. The intervals are
Student's t over the paired differences between seeds, at 95 % corrected for the number of
hypotheses (Holm). A finding of k differences is contradicted by any of them, so that those on the
other side are held against a k-th of its level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from project.report.claims import Claim, Made, Part
from project.report.statistics import LEVEL, holm, holm_levels

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
UNTESTED = "not tested"


@dataclass(frozen=True)
class Finding:
    """One difference of a hypothesis, with the interval that decides."""

    part: Part
    made: Made | None
    level: float
    side: str


@dataclass(frozen=True)
class Decision:
    """What became of a hypothesis.

    Args:
        claim: the hypothesis.
        verdict: ``supported``, ``contradicted``, ``undecided`` or ``not tested``.
        p_corrected: by Holm over the hypotheses; NaN where it was not tested.
        findings: its differences.
    """

    claim: Claim
    verdict: str
    p_corrected: float
    findings: tuple[Finding, ...]


def decide(claims: Sequence[Claim]) -> list[Decision]:
    """Decides hypotheses together.

    Args:
        claims: all of a family; those without runs are counted in the correction, too.
    """
    p_values = [_p_value(claim) for claim in claims]
    corrected = holm([1.0 if math.isnan(p) else p for p in p_values])
    decisions = []
    for claim, level, p, p_corrected in zip(
        claims, holm_levels(p_values), p_values, corrected, strict=True
    ):
        findings = tuple(_find(part, level, len(claim.parts)) for part in claim.parts)
        p_shown = math.nan if math.isnan(p) else p_corrected
        decisions.append(Decision(claim, _verdict(findings), p_shown, findings))
    return decisions


def _p_value(claim: Claim) -> float:
    """All parts on the claimed side, or any on the other one: the smaller of the two p-values."""
    made = [(part, part.make(LEVEL)) for part in claim.parts]
    tested = [(part, found[0]) for part, found in made if found and not math.isnan(found[0].p)]
    if not tested:
        return math.nan
    against = [e.p for part, e in tested if e.mean * part.sign < 0]
    if against:
        return min(1.0, min(against) * len(claim.parts))
    return max(e.p for _, e in tested) if len(tested) == len(made) else 1.0


def _find(part: Part, level: float, count: int) -> Finding:
    made = part.make(level)
    if made and made[0].mean * part.sign < 0:
        level = 1 - (1 - level) / count
        made = part.make(level)
    if made is None:
        return Finding(part, None, level, UNTESTED)
    found = made[0]
    # NaN ends compare as neither: without an interval nothing is decided.
    side = UNDECIDED
    if not math.isnan(found.p) and (found.low > 0 or found.high < 0):
        side = SUPPORTED if found.mean * part.sign > 0 else CONTRADICTED
    return Finding(part, made, level, side)


def _verdict(findings: Sequence[Finding]) -> str:
    sides = {finding.side for finding in findings}
    if CONTRADICTED in sides:
        return CONTRADICTED
    if sides == {SUPPORTED}:
        return SUPPORTED
    return UNTESTED if sides == {UNTESTED} else UNDECIDED
