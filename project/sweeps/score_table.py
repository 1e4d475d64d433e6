"""What a sweep says at its end: the scores of each condition."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from project.runs import lookup
from project.sweeps.plan import Planned

# The scores that a study turns on; of the others there are too many for a screen.
ADDED = "pixels"  # under which scores stand that were added
MAIN = (
    "inception_score",
    "fid",
    "kid",
    "wanted_class_probability",
    "p_both",
    "judge_accuracy",
    "digit_distance",
)


def print_table(jobs: Sequence[Planned], folder: Path) -> None:
    """Prints one row for each condition: number of finished runs, mean of each main score.

    Args:
        jobs: of the sweep.
        folder: of the sweep.
    """
    found: dict[str, list[dict[tuple[str, str], float]]] = {}
    there = lookup.by_hash(folder)
    for planned in jobs:
        of_condition = found.setdefault(planned.job.condition or "the defaults", [])
        if result := planned.finished(there):
            of_condition.append(_main_scores(result))
    keys = sorted({key for runs in found.values() for run in runs for key in run})
    networks = {network for _, network in keys}
    # A network that made all of them is named once: the columns are narrow enough without it.
    alone = len(networks) == 1
    title = "Means over the finished runs" + (f", by {networks.pop()}" if alone else "")
    heads = [score if alone else f"{score}\n{network}" for score, network in keys]
    table = Table(Column("condition", overflow="fold"), "runs", *heads, title=title)
    for condition, runs in found.items():
        total = sum((p.job.condition or "the defaults") == condition for p in jobs)
        means = [[run[key] for run in runs if key in run] for key in keys]
        table.add_row(
            condition,
            f"{len(runs)} of {total}",
            *(f"{fmean(values):.4f}" if values else "" for values in means),
        )
    Console().print(table)


def _main_scores(result: dict[str, Any]) -> dict[tuple[str, str], float]:
    """Returns (score, network) to value."""
    return {
        (name, network): float(value)
        for network, scores in result.get("scores", {}).items()
        for name, value in scores.items()
        if (name in MAIN or network == ADDED) and isinstance(value, int | float)
    }
