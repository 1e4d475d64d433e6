"""What a race keeps in its folder beside its runs: its plan, and the scores of each round."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock

from project.errors import UserError
from project.race.budget import Plan, Speed
from project.race.entries import Entry, runs_in, score_of
from project.race.pictures import Pictures
from project.race.rules import Scores
from project.replacing import write_text
from project.runs.locks import taking

PLAN, FINAL, SCORES, LOCK = "race.json", "final.json", "scores.json", ".race.lock"
SPENT, BROKEN = "spent.json", "broken.json"
OF_PICTURES = ("train", "held_out", "fingerprint")
Measure = tuple[str, str, str]
"""Whose images, backbone and score, as in result.json."""


def read_plan(folder: Path) -> tuple[Plan, Speed] | None:
    """Returns the plan of a race that was begun, and the speed that it was made from."""
    values = _read(folder / PLAN)
    return (Plan(**values["plan"]), Speed(**values["speed"])) if values else None


def keep_plan(folder: Path, plan: Plan, speed: Speed, pictures: Pictures) -> None:
    """Keeps a plan, so that the same command goes on with the same race.

    Args:
        folder: of the race.
        plan: of it.
        speed: that the times it tells are made from.
        pictures: that it is of.
    """
    seen = {key: getattr(pictures, key) for key in OF_PICTURES}
    _write(folder / PLAN, {"plan": asdict(plan), "speed": asdict(speed), "pictures": seen})


def check_pictures(folder: Path, pictures: Pictures) -> None:
    """Checks that a race that was begun goes on with the same pictures.

    Raises:
        UserError: they are other ones.
    """
    kept = _read(folder / PLAN).get("pictures", {})
    if kept and any(kept.get(key) != getattr(pictures, key) for key in OF_PICTURES):
        raise UserError(
            f"The race in {folder} was begun with other pictures: {kept.get('train')} to train on "
            f"and {kept.get('held_out')} held out, now {pictures.train} and {pictures.held_out}. "
            "Put them back to go on with it, or rename its folder to begin anew."
        )


def final_seeds(folder: Path, hours: float, most: int) -> int | None:
    """Returns the number of seeds of the last round that was decided on for so many hours."""
    decided = _read(folder / FINAL)
    same = decided.get("hours") == hours and decided.get("most", most) == most
    return int(decided["seeds"]) if same else None


def keep_final_seeds(folder: Path, hours: float, most: int, seeds: int) -> int:
    """Keeps that number, or the larger one that was decided on before, and returns it."""
    seeds = max(seeds, int(_read(folder / FINAL).get("seeds", 0)))
    _write(folder / FINAL, {"hours": hours, "most": most, "seeds": seeds})
    return seeds


def spent(folder: Path) -> float:
    """Returns the seconds that the race has taken so far, over all its sittings."""
    return float(_read(folder / SPENT).get("seconds", 0.0))


@contextlib.contextmanager
def timed(folder: Path) -> Iterator[None]:
    """Counts what is done within among what the race has taken."""
    before, begun = spent(folder), time.monotonic()
    try:
        yield
    finally:
        _write(folder / SPENT, {"seconds": before + time.monotonic() - begun})


def broken(folder: Path, number: int) -> dict[str, str]:
    """Returns the conditions that could not be trained in a round, with why."""
    found: dict[str, str] = _read(folder / BROKEN).get(str(number), {})
    return found


def keep_broken(folder: Path, number: int, reasons: Mapping[str, str]) -> None:
    """Keeps that conditions could not be trained in a round: the race goes on without them."""
    if reasons:
        _write(folder / BROKEN, {**_read(folder / BROKEN), str(number): dict(reasons)})


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
        run = found.get(entry)
        there = run is not None and run.finished and run.kimg == kimg
        value = score_of(run, measure) if run and there else None
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
