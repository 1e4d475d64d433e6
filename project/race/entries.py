"""The runs of a race: which there are, how far they got, and the job that takes one further.

The state of a race is what its runs have left in their folders. A run that goes on a round later
continues from its checkpoint.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from project.cli.quoting import quoted
from project.report.runs import LOADER, inner
from project.runs import run_folder
from project.sweeps.command_line import Job


@dataclass(frozen=True)
class Entry:
    """A condition trained with a seed.

    Attributes:
        condition: its words, such as ``da=flip``.
        seed: of the training.
    """

    condition: str
    seed: int


@dataclass(frozen=True)
class Run:
    """What there is of an entry.

    Attributes:
        folder: of the run.
        kimg: length that it was trained, or is being trained, to.
        finished: whether it got there.
        wall_seconds: that it took.
        reference_seconds: of them, for looking at the real images, which is done once for all runs.
        images_per_second: of its training.
    """

    folder: Path
    kimg: float
    finished: bool
    wall_seconds: float
    reference_seconds: float
    images_per_second: float


def condition_words(name: str) -> str:
    """Returns the words of a condition: ``flip da.size=50`` is short for ``da=flip da.size=50``."""
    return name if "=" in name.split()[0] else f"da={name}"


def runs_in(folder: Path) -> dict[Entry, Run]:
    """Finds the runs of a race; of an entry the one that got farthest.

    Args:
        folder: of the race.
    """
    found: dict[Entry, Run] = {}
    for path in sorted(folder.glob(f"*/{run_folder.RESULT}")):
        result = run_folder.read_result(path.parent) or {}
        condition = (result.get("sweep") or {}).get("condition")
        seed, kimg = result.get("seed"), _kimg(path.parent / run_folder.CONFIG)
        if condition is None or not isinstance(seed, int) or kimg is None:
            continue
        entry = Entry(str(condition), seed)
        run = Run(
            path.parent,
            kimg,
            result.get("status") == "finished",
            float(result.get("wall_seconds") or 0),
            float(result.get("reference_seconds") or 0),
            float(result.get("images_per_second") or 0),
        )
        best = found.get(entry)
        if best is None or (run.finished, run.kimg) > (best.finished, best.kimg):
            found[entry] = run
    return found


def _kimg(config: Path) -> float | None:
    try:
        values = yaml.load(config.read_text(encoding="utf-8"), Loader=LOADER)
        return float(values["kimg"])
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError):
        return None


def jobs_for(
    lengths: Mapping[Entry, float],
    scorings: int,
    words: Sequence[str],
    found: Mapping[Entry, Run],
) -> dict[Entry, Job]:
    """Returns the jobs that take entries to their lengths, those that are there left out.

    Args:
        lengths: wanted, in kimg.
        scorings: up to them.
        words: of every run.
        found: runs that there are.
    """
    jobs = {}
    for entry, kimg in lengths.items():
        run = found.get(entry)
        if run is not None and run.finished and run.kimg >= kimg:
            continue
        length = [f"kimg={kimg}", f"scorings={scorings}"]
        line = [*words, *entry.condition.split(), f"seed={entry.seed}", *length]
        if run is not None and run.finished:
            line.append(f"resume={quoted(str(run.folder))}")
        jobs[entry] = Job(tuple(line), entry.condition)
    return jobs


def score_of(run: Run, measure: tuple[str, str, str]) -> float | None:
    """Returns a finished run's score; None where it has no finite one.

    Args:
        run: the run.
        measure: whose images, backbone and score, as ``scores_average``.
    """
    *where, name = measure
    value = inner(run_folder.read_result(run.folder) or {}, *where).get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
