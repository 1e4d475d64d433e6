"""A race that is killed five times at moments that are drawn: `pytest -m slow` has it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny import REPOSITORY
from tiny_program import environment

pytestmark = pytest.mark.slow

WORDS = ["data=faces", "data.total=100", "size=32", "network.base_channels=4", "kimg=0.3"]
WORDS += ["references=untreated", "scored_images=10", "parallel=2", "race_seeds=1"]
WORDS += ["final_seeds=2", "most_final_seeds=2", "conditions=[vflip]", "logger=csv"]
# All processes of the race, or it alone, whose jobs live on; a signal that asks.
KILLS = ("all", "alone", "asked", "all", "all")


def start(folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    with (folder / "said.txt").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "project.recommend", *WORDS],
            cwd=folder,
            env=environment(REPOSITORY),
            stdout=said,
            stderr=said,
            start_new_session=True,
        )


def told(folder: Path) -> tuple[Any, Any]:
    (race,) = folder.glob("multirun/recommend_*")
    values = [json.loads((race / name).read_text()) for name in ("race_answer.json", "scores.json")]
    return values[0]["answer"], values[1]


def test_it_ends_as_one_that_was_left_alone(tmp_path: Path) -> None:
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    assert start(alone).wait() == 0
    # The same plan: it is made from a measured speed.
    (plan,) = alone.glob("multirun/recommend_*/race.json")
    there = killed / plan.relative_to(alone)
    there.parent.mkdir(parents=True)
    shutil.copy(plan, there)
    moments = random.Random(3)
    for how in KILLS:
        race = start(killed)
        try:
            race.wait(timeout=moments.uniform(4, 14))
            break
        except subprocess.TimeoutExpired:
            if how == "all":
                os.killpg(race.pid, signal.SIGKILL)
            else:
                race.send_signal(signal.SIGTERM if how == "asked" else signal.SIGKILL)
            race.wait()
    assert start(killed).wait() == 0
    assert told(killed) == told(alone)
    names = [
        sorted(p.parent.name[20:] for p in f.glob("multirun/*/*/result.json"))
        for f in (alone, killed)
    ]
    assert names[0] == names[1]
    for curve in killed.glob("multirun/*/*/metrics.csv"):
        batches = [line.partition(",")[0] for line in curve.read_text().splitlines()]
        assert len(batches) == len(set(batches)), "no batch is trained twice"
