"""The same conditions compared at equal training, and at equal epochs, from the same runs.

Over sets of unequal size the two are not the same: in as many epochs a set of 2000 images is shown
twice as often as one of 1000.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from project.report.comparisons import Row, Study
from project.report.runs import Run, ScoreKey
from project.report.scorings import Axis, Scoring, curves_along, of_epoch, of_kimg, scorings

NEAR = 0.05  # share by which a scoring may lie beside the point; epochs are whole numbers
TRAINING, EPOCHS, END = "equal training", "equal epochs", "each run's end"
AXES: dict[str, Axis] = {TRAINING: of_kimg, EPOCHS: of_epoch, END: of_epoch}


@dataclass(frozen=True)
class Matched:
    """A study at one point of its training.

    Args:
        study: its runs with the scores that they had there; a run that was not scored there has
            none.
        how: ``equal training``, ``equal epochs`` or ``each run's end``.
        at: the point, in kimg or in epochs; NaN for the end.
        left_out: labels of conditions that were not scored there.
    """

    study: Study
    how: str
    at: float
    left_out: tuple[str, ...]

    @property
    def where(self) -> str:
        """The point in words."""
        if self.how == END:
            return "at each run's end"
        return f"at {self.how} ({self.at:.3g}{' kimg' if self.how == TRAINING else ''})"

    def curves(self, row: Row, key: ScoreKey) -> dict[int, dict[float, float]]:
        """Returns a score's curve up to here for each seed that counts.

        Over thousands of images shown at equal training, else over epochs.
        """
        found = curves_along(row, key, AXES[self.how])
        end = math.inf if math.isnan(self.at) else self.at * (1 + NEAR)
        return {
            seed: {at: value for at, value in curve.items() if at <= end}
            for seed, curve in found.items()
        }


def equal_training(study: Study) -> Matched | None:
    """Returns the study at the largest number of images that the conditions were shown.

    That is the number at which most of them were scored, and of several such the largest; each run
    by its nearest scoring, within 5 %.

    Returns:
        None where no augmentation and none were both scored after as many images.
    """
    return _match(study, TRAINING)


def equal_epochs(study: Study) -> Matched | None:
    """Returns the study at the largest epoch at which its conditions were scored, likewise."""
    return _match(study, EPOCHS)


def at_the_end(study: Study) -> Matched:
    """Returns the study as it is, for runs that do not tell how long they trained."""
    return Matched(study, END, math.nan, ())


def comparable(study: Study) -> Matched:
    """Returns a study where its scores may stand side by side: at the end, but of a race.

    Its conditions end at unlike lengths, so that it is where most were scored.
    """
    return both_ways(study)[0] if study.raced else at_the_end(study)


def both_ways(study: Study) -> list[Matched]:
    """Returns a study at equal training and at equal epochs; once where these are the same."""
    training, epochs = equal_training(study), equal_epochs(study)
    if training and epochs and training.study == epochs.study:
        return [training]
    return [found for found in (training, epochs) if found] or [at_the_end(study)]


def _match(study: Study, how: str) -> Matched | None:
    axis = AXES[how]
    first = study.baseline or study.rows[0]
    found = {id(run): scorings(row, run) for row in study.rows for run in row.runs if run.counts}
    points = {axis(scoring) for run in first.runs for scoring in found.get(id(run), ())}

    def scored(at: float) -> list[Row]:
        return [
            row
            for row in study.rows
            if any(_nearest(found.get(id(run), ()), axis, at) for run in row.runs)
        ]

    reached = [(len(scored(at)), at) for at in points if math.isfinite(at)]
    count, at = max(reached, default=(0, math.nan))
    if count < 2:
        return None
    there = scored(at)
    rows = [
        replace(row, runs=tuple(_moved(run, found.get(id(run), ()), axis, at) for run in row.runs))
        for row in study.rows
    ]
    left = tuple(row.condition.label for row in study.rows if row not in there)
    return Matched(replace(study, rows=tuple(rows)), how, at, left)


def _moved(run: Run, found: Sequence[Scoring], axis: Axis, at: float) -> Run:
    scoring = _nearest(found, axis, at)
    return replace(run, scores=scoring.scores if scoring else {})


def _nearest(found: Sequence[Scoring], axis: Axis, at: float) -> Scoring | None:
    near = [s for s in found if abs(axis(s) - at) <= NEAR * at]
    return min(near, key=lambda scoring: abs(axis(scoring) - at)) if near else None
