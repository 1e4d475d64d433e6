"""What a reader must know before believing a table: audit scores, gaps, things that do not fit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from statistics import fmean

from project.cli.shell import typed
from project.metrics.audit import (
    LEAST_VARIED,
    alike,
    copied,
    leaked,
    meaningless,
    told_of_collapse,
    unvaried,
)
from project.report.comparisons import Row, Study, summarise, why
from project.report.measure import deciding
from project.report.runs import Run, ScoreKey, inner
from project.report.score_names import span, title

FEW = 3  # seeds
FLOOR = 1.05  # of the Inception Score, which is 1 where all images look the same to the network


def warn(study: Study) -> list[str]:
    """Returns the warnings on one study, one sentence each."""
    return [*_gaps(study), *_unequal(study), *warn_of_runs(study)]


def warn_of_runs(study: Study) -> list[str]:
    """Returns those that hold however the runs were chosen, as a race chooses them."""
    return [*_audit(study), *_unlike(study), *_lucky(study)]


def _unequal(study: Study) -> Iterator[str]:
    """Equal epochs over sets of unequal size are unequal training."""
    sizes = {
        row.condition.label: _epochs(row)
        * ((row.condition.originals or 0) + (row.condition.da_size or 0))
        for row in study.rows
    }
    none = study.baseline and sizes[study.baseline.condition.label]
    longer = {label: size / none for label, size in sizes.items() if none and size > 1.05 * none}
    if longer:
        most = max(longer.values())
        yield (
            f"Equal epochs are unequal training: {len(longer)} of {len(sizes)} conditions saw up "
            f"to {most:.3g} times as many images as none. What looks like an effect of the "
            "augmentation may be one of longer training."
        )


def _epochs(row: Row) -> int:
    epochs = next((run.config.get("epochs") for run in row.runs if run.counts), None)
    return epochs if isinstance(epochs, int) else 1


def _gaps(study: Study) -> Iterator[str]:
    if study.baseline is None:
        yield "There is no run without augmentation (da=none), so nothing can be compared with it."
    count = len(study.seeds)
    if count < FEW:
        yield (
            f"{count} seed{'s' if count != 1 else ''}: intervals over fewer than {FEW} seeds are "
            "missing or very wide."
        )
    lacking = []
    measure = deciding(study)
    for row in study.rows:
        there = row.values(measure.key) if measure else {run.seed for run in row.runs if run.counts}
        absent = [f"{seed} ({why(row, seed)})" for seed in study.seeds if seed not in there]
        if absent:
            lacking.append(f"{row.condition.label} lacks seed {', '.join(absent)}")
    if lacking:
        yield f"{'; '.join(lacking)}."
    none = {run.seed for run in study.baseline.runs if run.counts} if study.baseline else set()
    apart = [
        row.condition.label
        for row in study.rows
        if (seeds := {run.seed for run in row.runs if run.counts}) and none and not seeds & none
    ]
    if apart:
        yield f"Compared with nothing, for want of a seed in common with none: {'; '.join(apart)}."


def _audit(study: Study) -> Iterator[str]:
    yield from _collapsed(study)
    yield from _copies(study)
    yield from _leaks(study)
    for key in study.keys:
        kind, _, name = key
        floor = name == "inception_score" and kind == "scores"
        found = {
            summary.row.condition.label: summary.estimate.mean
            for summary in summarise(study, key)
            if summary.estimate and kind != "reference"
        }
        flat = {label: mean for label, mean in found.items() if floor and mean < FLOOR}
        if flat:
            yield (
                f"{_told(key, flat)}, of at least 1: the network sees about the same in all "
                "images, so that this score says little."
            )


def _means(row: Row) -> dict[ScoreKey, float]:
    """Returns a condition's means over its seeds, of generated images."""
    keys = {key for run in row.runs for key in run.scores if key[0] in ("scores", "scores_average")}
    values = {key: list(row.values(key).values()) for key in sorted(keys)}
    return {key: fmean(found) for key, found in values.items() if found}


def _scored(study: Study) -> Iterator[tuple[Row, Run, dict[str, float]]]:
    """Yields the scores of each run that counts, for each network, and for each set of weights."""
    for row in study.rows:
        for run in row.runs:
            scores: dict[tuple[str, str], dict[str, float]] = {}
            for (kind, network, name), value in run.scores.items():
                if run.counts and kind in ("scores", "scores_average") and isfinite(value):
                    scores.setdefault((kind, network), {})[name] = value
            yield from ((row, run, found) for found in scores.values())


def _collapsed(study: Study) -> Iterator[str]:
    """One warning for images that are all alike, one for those that cover little."""
    for same in (True, False):
        found = [
            (row, run, low, scores)
            for row, run, scores in _scored(study)
            if (low := unvaried(scores)) and alike(low) is same
        ]
        if found:
            values = {name: [f[2][name] for f in found if name in f[2]] for name in LEAST_VARIED}
            spans = {name: span(some, "{:.2f}".format) for name, some in values.items() if some}
            told = told_of_collapse(spans, meaningless(n for f in found for n in f[3]))
            where = _where(study, [(row, run) for row, run, _, _ in found])
            yield f"{told[0].upper()}{told[1:]}. So in {where}."


def early(study: Study) -> Iterator[str]:
    """Says of GANs that are all at their beginning, or collapsed, that so is what is said."""
    counted = {run.folder for row in study.rows for run in row.runs if run.counts}
    if counted and counted == {run.folder for _, run, scores in _scored(study) if unvaried(scores)}:
        runs = f"all {len(counted)} runs" if len(counted) > 1 else "the run"
        yield (
            f"No answer yet: in {runs} the images are collapsed, or unlike real ones, of which "
            "fewer than 1 in 20 have one near them. Train longer before you believe what follows."
        )


def _copies(study: Study) -> Iterator[str]:
    found = [(row, run, scores) for row, run, scores in _scored(study) if copied(scores)]
    if found:
        ratios = span(
            [scores["nearest_train_distance_ratio"] for _, _, scores in found], "{:.2f}".format
        )
        yield (
            f"Generated images look like copies of training images (distance ratio {ratios}, that "
            "of unseen real ones is 1) in "
            f"{_where(study, [(row, run) for row, run, _ in found])}. Look at the nearest pairs: "
            f"python -m project.evaluate {typed([f'run={found[0][1].folder}'])}"
        )


def _where(study: Study, found: Sequence[tuple[Row, Run]]) -> str:
    """Names conditions, and how many of their runs it is."""
    folders = {run.folder for _, run in found}
    counted = {row.condition.label: [r for r in row.runs if r.counts] for row in study.rows}
    total = sum(map(len, counted.values()))
    if len(folders) == total > 1:
        return f"all {total} runs"
    hit = {label: sum(run.folder in folders for run in runs) for label, runs in counted.items()}
    return "; ".join(
        f"{label} ({hits} of {len(counted[label])} run{'s' if len(counted[label]) > 1 else ''})"
        for label, hits in hit.items()
        if hits
    )


def _lucky(study: Study) -> Iterator[str]:
    """Names the checkpoints that were chosen by their score."""
    kept = [
        best
        for row in study.rows
        for run in row.runs
        if (best := inner(run.result, "best")).get("file")
    ]
    if kept:
        scores = ", ".join(sorted({str(best["score"]) for best in kept}))
        of = sorted({int(best["scorings"]) for best in kept})
        runs = f"{len(kept)} run{'s' if len(kept) > 1 else ''}"
        yield (
            f"{runs} kept a checkpoint of the best scoring by {scores}, the luckiest of "
            f"{' or '.join(map(str, of))}. No number on this page is of one: all are of the last."
        )


def _leaks(study: Study) -> Iterator[str]:
    """One warning for each kind of DA, by the scores of G itself, or of its moving average."""
    result = next((r.result for row in study.rows for r in row.runs if r.counts), {})
    whose = "scores" if any(key[0] == "scores" for key in study.keys) else "scores_average"
    for key in study.keys:
        kind, backbone, name = key
        if kind != whose or not name.startswith("leak_"):
            continue
        da = name.removeprefix("leak_")
        accuracy = inner(result, "scored", backbone, "leak_accuracy").get(da, 1.0)
        shares = {row.condition: _means(row).get(key, 0.0) for row in study.rows}
        found = {c: share for c, share in shares.items() if leaked(share, accuracy)}
        if not found:
            continue
        real = inner(result, "references", backbone, "training").get(name)
        beside = "" if real is None else f", of real ones {real:.0%}"
        listed = "; ".join(f"{c.label} {share:.0%}" for c, share in found.items())
        # What a GAN never saw it cannot have learned.
        never = [c.label for c in found if da not in c.kinds]
        mistaken = (
            f" {'; '.join(never)} never saw it: poor images are taken for augmented ones here, and "
            "the share says nothing yet."
        )
        yield (
            f"Generated images look augmented by {da} ({listed}{beside}, by {backbone}): look at "
            f"their pictures for it.{mistaken if never else ''}"
        )


def _told(key: ScoreKey, found: Mapping[str, float]) -> str:
    return f"{title(key)} is {span(list(found.values()), '{:.3g}'.format)} ({'; '.join(found)})"


def _unlike(study: Study) -> Iterator[str]:
    runs = [run for row in study.rows for run in row.runs if run.counts]
    for what, name in (("versions", "package versions"), ("scored", "ways of scoring")):
        kinds = {json.dumps(run.result.get(what), sort_keys=True, default=str) for run in runs}
        if len(kinds) > 1:
            yield f"The runs differ in their {name} ({what} in result.json)."


def not_counted(runs: Sequence[Run]) -> list[Run]:
    """Returns the runs of which something is missing, in any state but finished."""
    return [run for run in runs if run.state != "finished"]
