"""How far a race got, and what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from project.race.budget import Plan
from project.race.rules import Effect


@dataclass(frozen=True)
class Outcome:
    """How far a race got, and what came out.

    Attributes:
        plan: of the race.
        dropped: condition -> number of the round, from 1, after which it was left out.
        ranking: condition -> its mean difference to none where it was scored last, best first.
        winner: the condition that was chosen; None before that.
        found: what it does, on fresh seeds; None before two of them are there.
        broken: condition -> why it could not be trained; it was dropped.
        failed: runs of the last round that could not be trained, with why.
    """

    plan: Plan
    dropped: Mapping[str, int] = field(default_factory=dict)
    ranking: Mapping[str, float] = field(default_factory=dict)
    winner: str | None = None
    found: Effect | None = None
    broken: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
