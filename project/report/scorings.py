"""When a run was scored, and how long it had trained by then: in epochs and in images shown."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from project.report.comparisons import Row
from project.report.curves import lines_of, number, scores_of
from project.report.runs import METRICS, Run, ScoreKey

PER = 1000  # images in a kimg


@dataclass(frozen=True)
class Scoring:
    """One scoring of a run.

    Args:
        epoch: passes over the training set by then; NaN where nothing tells.
        kimg: thousands of images shown by then; NaN where nothing tells.
        scores: by kind, backbone and name.
    """

    epoch: float
    kimg: float
    scores: Mapping[ScoreKey, float]


Axis = Callable[[Scoring], float]


def scorings(row: Row, run: Run) -> list[Scoring]:
    """Returns the scorings of a run, from ``metrics.csv``; the last is that of its result.

    ``metrics.csv`` tells the images of every tenth batch, and the batches of a scoring; a batch has
    as many images as all had on average.
    """
    size = (row.condition.originals or math.nan) + (row.condition.da_size or 0)
    try:
        changed = (run.folder / METRICS).stat().st_mtime_ns
    except OSError:
        changed = 0
    found = {
        epoch: Scoring(epoch, (images if math.isfinite(images) else epoch * size) / PER, scores)
        for epoch, images, scores in _logged(run.folder / METRICS, changed)
    }
    last = run.config.get("epochs")
    end = max([*found, *([float(last)] if isinstance(last, int) else [])], default=math.nan)
    before = [scoring for epoch, scoring in sorted(found.items()) if epoch < end]
    kimg = found[end].kimg if end in found else end * size / PER
    return [*before, Scoring(end, kimg, run.scores)]


def of_kimg(scoring: Scoring) -> float:
    """When it was, in thousands of images shown."""
    return scoring.kimg


def of_epoch(scoring: Scoring) -> float:
    """When it was, in epochs."""
    return scoring.epoch


def curves_along(row: Row, key: ScoreKey, axis: Axis) -> dict[int, dict[float, float]]:
    """Returns a score's curve along an axis, for each seed that counts and has one."""
    found: dict[int, dict[float, float]] = {}
    for run in row.runs:
        if not run.counts or run.seed is None:
            continue
        curve = {
            round(axis(s), 6): s.scores[key]
            for s in scorings(row, run)
            if math.isfinite(axis(s)) and math.isfinite(s.scores.get(key, math.nan))
        }
        if curve:
            found[run.seed] = curve
    return found


@functools.lru_cache(maxsize=1024)
def _logged(path: Path, changed: int) -> tuple[tuple[float, float, dict[ScoreKey, float]], ...]:
    """Reads epoch, images and scores of each scoring; again where the file has changed."""
    lines = lines_of(path)
    per_batch = _images_per_batch(lines)
    found = []
    for line in lines:
        epoch = number(line.get("epoch")) + 1  # logged from 0
        scores = scores_of(line)
        if scores and math.isfinite(epoch):
            found.append((epoch, number(line.get("batch")) * per_batch, scores))
    return tuple(found)


def _images_per_batch(lines: list[dict[str, str]]) -> float:
    both = [(number(line.get("images")), number(line.get("batch"))) for line in lines]
    known = [images / batch for images, batch in both if math.isfinite(images) and batch > 0]
    return known[-1] if known else math.nan
