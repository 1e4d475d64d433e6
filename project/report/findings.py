"""What a reader must know before believing a table: audit scores, gaps, things that do not fit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from project.report.comparisons import Study, summarise
from project.report.runs import Run, ScoreKey
from project.report.score_names import Score, known, title

FEW = 3  # seeds
FLOOR = 1.05  # of the Inception Score, which is 1 where all images look the same to the network


def warn(study: Study) -> list[str]:
    """Returns the warnings on one study, one sentence each."""
    return [*_gaps(study), *_audit(study), *_unlike(study)]


def _gaps(study: Study) -> Iterator[str]:
    if study.baseline is None:
        yield "There is no run without augmentation (da=none), so nothing can be compared with it."
    count = len(study.seeds)
    if count < FEW:
        yield (
            f"{count} seed{'s' if count != 1 else ''}: intervals over fewer than {FEW} seeds are "
            "missing or very wide."
        )
    for row in study.rows:
        counted = {run.seed for run in row.runs if run.counts}
        absent = [str(seed) for seed in study.seeds if seed not in counted]
        if absent:
            yield f"{row.condition.label} lacks seed {', '.join(absent)}."


def _audit(study: Study) -> Iterator[str]:
    for key in study.keys:
        kind, _, name = key
        score, floor = known(name), name == "inception_score" and kind == "scores"
        found = {
            summary.row.condition.label: summary.estimate.mean
            for summary in summarise(study, key)
            if summary.estimate and kind != "reference"
        }
        odd = {label: mean for label, mean in found.items() if not _usual(score, mean)}
        if odd:
            yield f"{_told(key, odd)}: {score.warning}"
        flat = {label: mean for label, mean in found.items() if floor and mean < FLOOR}
        if flat:
            yield (
                f"{_told(key, flat)}, of at least 1: the network sees about the same in all "
                "images, so that this score says little."
            )


def _usual(score: Score, mean: float) -> bool:
    return score.least <= mean <= score.most


def _told(key: ScoreKey, found: Mapping[str, float]) -> str:
    low, high = (f"{end(found.values()):.3g}" for end in (min, max))
    span = low if low == high else f"{low} to {high}"
    return f"{title(key)} is {span} ({'; '.join(found)})"


def _unlike(study: Study) -> Iterator[str]:
    runs = [run for row in study.rows for run in row.runs if run.counts]
    for what, name in (("versions", "package versions"), ("scored", "ways of scoring")):
        kinds = {json.dumps(run.result.get(what), sort_keys=True, default=str) for run in runs}
        if len(kinds) > 1:
            yield f"The runs differ in their {name} ({what} in result.json)."


def not_counted(runs: Sequence[Run]) -> list[Run]:
    """Returns the runs of which something is missing, in any state but finished."""
    return [run for run in runs if run.state != "finished"]
