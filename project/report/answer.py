"""Which augmentation helps, how sure is that, and if it is not sure, what would decide it?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from project.report.agreement import Agreement, agreements
from project.report.comparisons import Study
from project.report.effects import Comparison, Effect, compare
from project.report.endings import Ending, endings
from project.report.matched import EPOCHS, TRAINING, both_ways
from project.report.measure import Measure, deciding
from project.report.more_seeds import more_seeds
from project.report.score_names import span
from project.report.statistics import ALPHA

HELPS, NONE_HELPS, UNDECIDED, UNTESTED = "helps", "none helps", "undecided", "untested"
LEAST = 3  # seeds that a first answer takes


@dataclass(frozen=True)
class Answer:
    """The answer for one study.

    Args:
        study: all its runs, at their ends.
        measure: that decides.
        deciding: the comparison that the answer goes by: at equal training where there is one.
        training: at equal training; None where no scorings lie near enough to each other.
        epochs: at equal epochs; None likewise, or where the two are the same.
        second: by the measure beside the deciding one; None where there is none.
        state: ``helps``, ``none helps``, ``undecided`` or ``untested``.
        best: the condition to use, or else the likeliest one.
        seeds: number of seeds in all that would probably decide; None where it is decided, or where
            not even a hundred would.
        command: that adds them; empty where nothing tells.
        endings: of the curves.
        agreements: of the other measures with the deciding one.
    """

    study: Study
    measure: Measure
    deciding: Comparison
    training: Comparison | None
    epochs: Comparison | None
    second: Comparison | None
    state: str
    best: Effect
    seeds: int | None
    command: str
    endings: tuple[Ending, ...]
    agreements: tuple[Agreement, ...]

    @property
    def comparisons(self) -> list[Comparison]:
        """Those that there are, the deciding one first."""
        others = [found for found in (self.training, self.epochs) if found]
        return [self.deciding, *(found for found in others if found is not self.deciding)]

    @property
    def seeds_each(self) -> str:
        """How many seeds conditions have in common with none: one number, or the range."""
        counts = [effect.seeds for effect in self.deciding.effects]
        return f"{span(counts, str)} seed{'s' if max(counts) > 1 else ''}"


def answer_of(study: Study) -> Answer | None:
    """Answers for one study.

    Returns:
        None where nothing can be compared: none of the scores that decide, no run without
        augmentation, or no seed that one shares with an augmentation.
    """
    measure = deciding(study)
    if measure is None:
        return None
    found = [compare(matched, measure) for matched in both_ways(study)]
    made = [comparison for comparison in found if comparison]
    if not made:
        return None
    first = made[0]
    by_how = {comparison.matched.how: comparison for comparison in made}
    best = _best(first.effects)
    state = _state(first, best)
    seeds = _seeds(first, best, state)
    baseline = first.gan or "da=none"
    command = more_seeds(best.row, study.seeds, best.seeds, seeds, baseline) if seeds else ""
    beside = replace(measure, key=measure.beside) if measure.beside else None
    return Answer(
        study=study,
        measure=measure,
        deciding=first,
        training=by_how.get(TRAINING),
        epochs=by_how.get(EPOCHS),
        second=compare(first.matched, beside) if beside else None,
        state=state,
        best=best,
        seeds=seeds,
        command=command,
        endings=tuple(endings(study, measure)),
        agreements=tuple(agreements(first.matched.study, measure)),
    )


def _best(effects: Sequence[Effect]) -> Effect:
    """The likeliest best of those that help for sure, or else of all."""
    sure = [effect for effect in effects if effect.helps]

    def place(effect: Effect) -> tuple[float, float]:
        return 0.0 if math.isnan(effect.best) else effect.best, -effect.difference

    return max(sure or effects, key=place)


def _state(comparison: Comparison, best: Effect) -> str:
    if math.isnan(best.p):
        return UNTESTED
    if best.helps:
        return HELPS
    return NONE_HELPS if comparison.helps < ALPHA else UNDECIDED


def _seeds(comparison: Comparison, best: Effect, state: str) -> int | None:
    if state == UNTESTED:
        return max(LEAST, best.seeds + 1)
    return comparison.seeds_to_decide(best) if state == UNDECIDED else None
