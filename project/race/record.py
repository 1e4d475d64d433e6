"""What a race keeps in its folder beside its runs: its plan, and the scores of each round."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock

from project.race.budget import Plan, Speed
from project.race.entries import Entry, runs_in, score_of
from project.race.rules import Scores
from project.replacing import write_text
from project.runs.locks import taking

PLAN, FINAL, SCORES, LOCK = "race.json", "final.json", "scores.json", ".race.lock"
Measure = tuple[str, str, str]
"""Whose images, backbone and score, as in result.json."""


def read_plan(folder: Path) -> tuple[Plan, Speed] | None:
    """Returns the plan of a race that was begun, and the speed that it was made from."""
    values = _read(folder / PLAN)
    return (Plan(**values["plan"]), Speed(**values["speed"])) if values else None


def keep_plan(folder: Path, plan: Plan, speed: Speed) -> None:
    """Keeps a plan, so that the same command goes on with the same race.

    Args:
        folder: of the race.
        plan: of it.
        speed: that the times it tells are made from.
    """
    _write(folder / PLAN, {"plan": asdict(plan), "speed": asdict(speed)})


def final_seeds(folder: Path, hours: float) -> int | None:
    """Returns the number of seeds of the last round that was decided on for so many hours."""
    decided = _read(folder / FINAL)
    return int(decided["seeds"]) if decided.get("hours") == hours else None


def keep_final_seeds(folder: Path, hours: float, seeds: int) -> int:
    """Keeps that number, or the larger one that was decided on before, and returns it."""
    seeds = max(seeds, int(_read(folder / FINAL).get("seeds", 0)))
    _write(folder / FINAL, {"hours": hours, "seeds": seeds})
    return seeds


def scores(folder: Path, number: int, seeds: Sequence[int]) -> Scores:
    """Returns the deciding measure after a round, by condition and seed, as far as it is there.

    A run that went on has other scores now, so that they are kept beside it.
    """
    kept: Mapping[str, Mapping[str, float]] = _read(folder / SCORES).get(str(number), {})
    return {
        name: {int(seed): value for seed, value in found.items() if int(seed) in seeds}
        for name, found in kept.items()
    }


def keep_scores(
    folder: Path, number: int, lengths: Mapping[Entry, float], measure: Measure
) -> None:
    """Keeps the scores of those runs that are as long as the round is now."""
    found, all_kept = runs_in(folder), _read(folder / SCORES)
    kept = all_kept.setdefault(str(number), {})
    for entry, kimg in lengths.items():
        run = found[entry]
        value = score_of(run, measure) if run.kimg == kimg else None
        if value is not None:
            kept.setdefault(entry.condition, {})[str(entry.seed)] = value
    _write(folder / SCORES, all_kept)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds a race's folder.

    Raises:
        UserError: another process runs this race.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = f"Another process runs the race in {folder}. Let it end; its answer will be this one's."
    with taking(FileLock(folder / LOCK), told):
        yield


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _write(path: Path, values: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(values, indent=2) + "\n")
