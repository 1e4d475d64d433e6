"""The answer of a race, left in its folder for a page, and the page itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from project.race import record
from project.race.outcome import Outcome
from project.race.rules import NONE
from project.race.sentences import name_of
from project.replacing import write_text

PAGE = "report"


def keep_answer(folder: Path, outcome: Outcome, sentences: Sequence[str]) -> None:
    """Keeps what is told of a race and what it was decided by, as a report reads it.

    Args:
        folder: of the race.
        outcome: of it.
        sentences: of the answer, the verdict first.
    """
    # Late: a report's charts take a second that a wrong word need not wait for.
    from project.report.race import ANSWER

    found = outcome.found
    values = {
        "answer": list(sentences),
        "lanes": (lanes := _lanes(folder, outcome)),
        "cuts": _cuts(lanes),
        "last": [found.low, found.mean, found.high] if found else [],
    }
    write_text(folder / ANSWER, json.dumps(values, indent=2) + "\n")


def make_page(folder: Path) -> Path:
    """Makes the page of a race in its folder, in the place of the one before; returns its path."""
    from project.report.__main__ import report, write

    texts, charts, _ = report([str(folder)])
    shutil.rmtree(folder / PAGE, ignore_errors=True)
    write(folder / PAGE, texts, charts)
    return folder / PAGE / "report.html"


def _lanes(folder: Path, outcome: Outcome) -> list[dict[str, Any]]:
    """Returns the conditions as they were seen in the rounds, the last to be dropped first."""
    plan = outcome.plan
    lanes = []
    for condition in outcome.ranking:
        kimg, differences = [], []
        for number, one in enumerate(plan.rounds, 1):
            scores = record.scores(folder, number, one.seeds)
            seeds = _differences(scores.get(condition, {}), scores.get(NONE, {}))
            if seeds and number <= outcome.dropped.get(condition, number):
                kimg.append(plan.length(condition, number))
                differences.append(seeds)
        lane = {"name": name_of(condition), "kimg": kimg, "differences": differences}
        lanes.append({**lane, "dropped": condition in outcome.dropped})
    return lanes


def _differences(scores: Mapping[int, float], none: Mapping[int, float]) -> list[float]:
    return [scores[seed] - none[seed] for seed in scores if seed in none]


def _cuts(lanes: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Returns, by kimg, the lowest mean difference of those that were dropped there."""
    cuts: dict[float, float] = {}
    for lane in lanes:
        if lane["dropped"]:
            kimg, mean = lane["kimg"][-1], fmean(lane["differences"][-1])
            cuts[kimg] = min(cuts.get(kimg, mean), mean)
    return list(cuts.items())
