"""When a run was scored, and how long it had trained by then: in epochs and in images shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from project.report.comparisons import Row
from project.report.curves import number, rows_of
from project.report.runs import Run, ScoreKey

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


def scorings(row: Row, run: Run) -> list[Scoring]:
    """Returns the scorings of a run, from ``metrics.csv``; the last is that of its result.

    ``metrics.csv`` tells the images of every tenth batch, and the batches of a scoring; a batch has
    as many images as all had on average.
    """
    size = (row.condition.originals or math.nan) + (row.condition.da_size or 0)
    logged = rows_of(run)
    per_batch = _images_per_batch(logged)
    found: dict[float, Scoring] = {}
    for line in logged:
        epoch = number(line.get("epoch")) + 1  # logged from 0
        scores = _scores_of(line)
        if scores and math.isfinite(epoch):
            images = number(line.get("batch")) * per_batch
            told = images if math.isfinite(images) else epoch * size
            found[epoch] = Scoring(epoch, told / PER, scores)
    last = run.config.get("epochs")
    end = max([*found, *([float(last)] if isinstance(last, int) else [])], default=math.nan)
    before = [scoring for epoch, scoring in sorted(found.items()) if epoch < end]
    kimg = found[end].kimg if end in found else end * size / PER
    return [*before, Scoring(end, kimg, run.scores)]


def _images_per_batch(logged: list[dict[str, str]]) -> float:
    both = [(number(line.get("images")), number(line.get("batch"))) for line in logged]
    known = [images / batch for images, batch in both if math.isfinite(images) and batch > 0]
    return known[-1] if known else math.nan


def _scores_of(line: Mapping[str, str]) -> dict[ScoreKey, float]:
    found = {}
    for column, text in line.items():
        kind, _, rest = str(column).partition("/")
        backbone, _, name = rest.partition("/")
        value = number(text)
        if name and math.isfinite(value):
            found[kind, backbone, name] = value
    return found
