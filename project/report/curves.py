"""Scores over the epochs, from ``metrics.csv``."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from project.report.comparisons import Row
from project.report.runs import LARGEST, METRICS, Run, ScoreKey


def read_curves(run: Run) -> dict[ScoreKey, dict[int, float]]:
    """Reads the scores that a run logged, by epoch; what cannot be read is left out."""
    curves: dict[ScoreKey, dict[int, float]] = {}
    for row in lines_of(run.folder / METRICS):
        epoch = number(row.get("epoch"))
        if not math.isfinite(epoch):
            continue
        for key, value in scores_of(row).items():
            # Epochs are logged from 0, and counted from 1 wherever people read them.
            curves.setdefault(key, {})[int(epoch) + 1] = value
    return curves


def scores_of(line: Mapping[str, str]) -> dict[ScoreKey, float]:
    """Returns the finite scores in a line of ``metrics.csv``."""
    found = {}
    for column, text in line.items():
        if not text:
            continue
        kind, _, rest = str(column).partition("/")
        backbone, _, name = rest.partition("/")
        value = number(text)
        if name and math.isfinite(value):
            found[kind, backbone, name] = value
    return found


def lines_of(path: Path) -> list[dict[str, str]]:
    """Returns the lines of a ``metrics.csv``; none where it cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            return []
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error):
        return []


def number(text: object) -> float:
    """Reads a number; NaN where a text is none."""
    try:
        return float(str(text))
    except ValueError:
        return math.nan


def curves_of(row: Row, key: ScoreKey) -> dict[int, dict[int, float]]:
    """Returns a score's curve for each seed that counts; none for a seed that logged nothing."""
    found: dict[int, dict[int, float]] = {}
    for run in row.runs:
        curve = read_curves(run).get(key) if run.counts and run.seed is not None else None
        if curve and run.seed is not None:
            found[run.seed] = curve
    return found


def slope(curve: Mapping[float, float]) -> float:
    """Returns the least-squares slope; NaN below three points."""
    if len(curve) < 3:
        return math.nan
    return float(np.polyfit(list(curve), list(curve.values()), 1)[0])
