"""Conditions side by side: their means over seeds, and their differences from no augmentation."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from project.report.conditions import Condition, condition_of, settle
from project.report.runs import Run, ScoreKey
from project.report.score_names import in_order
from project.report.statistics import Estimate, Paired, estimate, holm, paired


@dataclass(frozen=True)
class Row:
    """The runs of one condition, in the order of their seeds."""

    condition: Condition
    runs: tuple[Run, ...]

    def values(self, key: ScoreKey) -> dict[int, float]:
        """Returns a score's finite values by seed."""
        return {
            run.seed: run.scores[key]
            for run in self.runs
            if run.counts and run.seed is not None and math.isfinite(run.scores.get(key, math.nan))
        }


@dataclass(frozen=True)
class Study:
    """Conditions that differ in their augmentation alone.

    Args:
        rows: the conditions.
        raced: whether they are of a race, which trains each for as long as it is not dropped.
    """

    rows: tuple[Row, ...]
    raced: bool = False

    @property
    def data(self) -> str:
        """Name of the data set."""
        return self.rows[0].condition.data

    @property
    def title(self) -> str:
        """Data set and settings."""
        return f"{self.data} ({self.rows[0].condition.settings})"

    @property
    def seeds(self) -> list[int]:
        """All seeds that any run was started with."""
        return sorted({r.seed for row in self.rows for r in row.runs if r.seed is not None})

    @property
    def keys(self) -> list[ScoreKey]:
        """All scores that any run has."""
        return in_order(key for row in self.rows for run in row.runs for key in run.scores)

    @property
    def baseline(self) -> Row | None:
        """The condition without augmentation."""
        return next((row for row in self.rows if row.condition.is_baseline), None)


@dataclass(frozen=True)
class Summary:
    """One score of one condition.

    Args:
        row: the condition and its runs.
        values: by seed.
        estimate: of the mean; None where no seed has the score.
        versus_none: paired difference from no augmentation, where both have a seed in common.
        p_corrected: of that difference, by Holm over the conditions of the study.
        absent: why a seed of the study is not among the values.
    """

    row: Row
    values: Mapping[int, float]
    estimate: Estimate | None
    versus_none: Paired | None
    p_corrected: float
    absent: Mapping[int, str] = field(default_factory=dict)


def arrange(runs: Sequence[Run], raced: Collection[Path] = ()) -> list[Study]:
    """Sorts runs into studies, and within each into conditions.

    Args:
        runs: all of them.
        raced: folders of races, whose runs of unlike lengths are of one study.
    """
    races = [run.folder.parent if run.folder.parent in raced else None for run in runs]
    found = [condition_of(run) for run in runs]
    conditions = settle(
        [_of_any_length(c) if race else c for race, c in zip(races, found, strict=True)]
    )
    studies: dict[tuple[object, str, Path | None], dict[Condition, list[Run]]] = {}
    for run, race, condition in zip(runs, races, conditions, strict=True):
        rows = studies.setdefault((condition.study, condition.settings, race), {})
        rows.setdefault(condition, []).append(run)
    arranged = [
        Study(
            tuple(
                Row(condition, _one_per_seed(rows[condition]))
                for condition in sorted(rows, key=lambda condition: condition.order)
            ),
            raced=race is not None,
        )
        for (_, _, race), rows in studies.items()
    ]
    return sorted(arranged, key=lambda study: study.title)


def _of_any_length(condition: Condition) -> Condition:
    return replace(condition, study=tuple((k, v) for k, v in condition.study if k != "kimg"))


def _one_per_seed(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Keeps the newest run of a seed that has the same scores; the older ones are repetitions."""
    kept: dict[object, Run] = {}
    for run in sorted(runs, key=lambda run: run.name):
        if run.counts:
            kept[run.seed, frozenset(run.scores)] = run
    marked = []
    for run in runs:
        newest = kept.get((run.seed, frozenset(run.scores)), run)
        if run.counts and run.seed is None:
            run = replace(run, state="broken", reason="It does not tell its seed.")
        elif run.counts and newest is not run:
            reason = f"The same condition and seed as {newest.name}, which counts."
            run = replace(run, state="repeated", reason=reason)
        marked.append(run)
    return tuple(sorted(marked, key=lambda run: (run.seed is None, run.seed or 0, run.name)))


def summarise(study: Study, key: ScoreKey) -> list[Summary]:
    """Compares all conditions of a study by one score."""
    none = study.baseline.values(key) if study.baseline else {}
    found = []
    for row in study.rows:
        values = row.values(key)
        mean = estimate(list(values.values())) if values else None
        against = None if row.condition.is_baseline else paired(values, none)
        absent = {seed: why(row, seed) for seed in study.seeds if seed not in values}
        found.append(Summary(row, values, mean, against, math.nan, absent))
    p_values = [s.versus_none.estimate.p if s.versus_none else math.nan for s in found]
    return [replace(s, p_corrected=p) for s, p in zip(found, holm(p_values), strict=True)]


def why(row: Row, seed: int) -> str:
    """Says why a condition has no score of a seed."""
    states = [run.state for run in row.runs if run.seed == seed]
    counted = [state for state in states if state in ("finished", "not finite")]
    if counted:
        return "not scored" if counted[-1] == "finished" else "not finite"
    return states[-1] if states else "not run"
