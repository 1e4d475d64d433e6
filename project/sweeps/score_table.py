"""What a sweep says at its end: the scores of each condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from project.metrics.audit import meaningless, told_of_collapse, unvaried
from project.report.runs import inner
from project.runs import lookup
from project.sweeps.plan import Planned

# The scores that a study turns on; of the others there are too many for a screen.
WIDE = 12  # letters of a heading
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
    low: dict[str, list[dict[str, float]]] = {}
    idle: set[str] = set()
    there = lookup.by_hash(folder)
    for planned in jobs:
        condition = planned.job.condition or "the defaults"
        of_condition = found.setdefault(condition, [])
        if result := planned.finished(there):
            of_condition.append(_main_scores(result))
            for scores in result.get("scores", {}).values():
                if few := unvaried(scores):
                    low.setdefault(condition, []).append(few)
                    idle |= set(meaningless(scores))
    totals = Counter(planned.job.condition or "the defaults" for planned in jobs)
    keys = sorted({key for runs in found.values() for run in runs for key in run})
    for network in dict.fromkeys(network for _, network in keys) or [""]:
        own = [key for key in keys if key[1] == network]
        table = Table(
            Column("condition", overflow="fold"),
            "runs",
            *(Column(_head(score), no_wrap=True) for score, _ in own),
            title="Means over the finished runs" + (f", by {network}" if network else ""),
        )
        for condition, runs in found.items():
            means = [[run[key] for run in runs if key in run] for key in own]
            table.add_row(
                Text(condition),  # of which [flip,gen] is no markup
                f"{len(runs)} of {totals[condition]}",
                *(f"{fmean(values):.4f}" if values else "" for values in means),
            )
        Console().print(table)
    if low:
        print(_told(low, idle))


def _told(low: Mapping[str, Sequence[Mapping[str, float]]], idle: Iterable[str]) -> str:
    """Says in which conditions images hardly vary, so that scores in the table mean nothing.

    Args:
        low: of each condition, what is too low in its runs.
        idle: the scores that mean nothing then.
    """
    values: dict[str, list[float]] = {}
    for run in (run for runs in low.values() for run in runs):
        for name, value in run.items():
            values.setdefault(name, []).append(value)
    least = {name: f"down to {min(some):.2f}" for name, some in values.items()}
    where = ", ".join(f"{name} ({len(runs)})" for name, runs in low.items())
    return f"{told_of_collapse(least, sorted(idle))}. So in {where}."


def _head(score: str) -> str:
    """Breaks a score's name behind each _ into lines of so many letters, rather than cutting it."""
    lines = [""]
    for part in score.replace("_", "_ ").split():
        if lines[-1] and len(lines[-1] + part) > WIDE:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _main_scores(result: dict[str, Any]) -> dict[tuple[str, str], float]:
    """Returns (score, network) to value; those that the user added are main ones."""
    return {
        (name, network): float(value)
        for network, scores in result.get("scores", {}).items()
        for name, value in scores.items()
        if name in (*MAIN, *inner(result, "scored", network, "names"))
        and isinstance(value, int | float)
    }
