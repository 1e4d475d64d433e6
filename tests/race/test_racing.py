"""The way of a race, of runs that are made up: their scores are written where a run leaves them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from project.cli.signals import Interrupted
from project.errors import UserError
from project.race import record
from project.race.budget import Plan
from project.race.entries import Entry, Run, jobs_for, runs_in
from project.race.racing import Race, measured, trained
from project.race.rules import NONE
from project.race.sentences import behind, next_steps

MEASURE = ("scores_average", "lite", "fid_held_out")
PLAN = Plan(
    images={NONE: 1000, "da=flip": 1000, "da=vflip": 1000, "da=gone": 1000},
    size=32,
    kimg=30.0,
    race_seeds=1,
    final_seeds=3,
    parallel=1,
)
BETTER = {NONE: 50.0, "da=flip": 40.0, "da=vflip": 60.0, "da=gone": 45.0}


@dataclass(frozen=True)
class MadeUp(Race):
    """Writes runs.

    Attributes:
        fails: of them, that cannot be trained.
        ends: the run at which a signal comes.
        trained: what was, with its length.
    """

    fails: frozenset[Entry] = frozenset()
    ends: Entry | None = None
    trained: list[tuple[Entry, float]] = field(default_factory=list)

    def _run_missing(
        self, lengths: Mapping[Entry, float], scorings: int, folder: Path
    ) -> dict[Entry, str]:
        failed = {}
        for entry in jobs_for(lengths, scorings, self.words, runs_in(folder)):
            if entry == self.ends:
                raise Interrupted(2)
            if entry in self.fails:
                failed[entry] = "L_D is NaN."
                continue
            self.trained.append((entry, lengths[entry]))
            write(folder, entry, lengths[entry], "finished")
        return failed


def write(folder: Path, entry: Entry, kimg: float, status: str) -> Path:
    run = folder / f"{entry.condition.replace('=', '-')}_{entry.seed}"
    run.mkdir(parents=True, exist_ok=True)
    score = BETTER[entry.condition] + entry.seed % 7
    result = {
        "status": status,
        "seed": entry.seed,
        "sweep": {"condition": entry.condition},
        "wall_seconds": 10.0,
        "images_per_second": 1000.0,
        MEASURE[0]: {MEASURE[1]: {MEASURE[2]: score}},
    }
    (run / "result.json").write_text(json.dumps(result))
    (run / "config.yaml").write_text(f"kimg: {kimg}\n")
    return run


def race(folder: Path) -> MadeUp:
    return MadeUp(folder, ("experiment=x",), (), MEASURE, 3)


def test_the_winner_is_measured_on_fresh_seeds(tmp_path: Path) -> None:
    outcome = race(tmp_path).run(PLAN, 0.0)
    assert outcome.winner == "da=flip"
    assert outcome.found is not None
    assert (outcome.found.seeds, outcome.found.mean) == ((100, 101, 102), -10.0)
    assert dict(outcome.dropped) == {"da=vflip": 1, "da=gone": 3}
    longer = [step for step in next_steps(outcome, runs_in(tmp_path)) if step.startswith("longer")]
    # Three scorings up to 30 kimg, and three more.
    assert longer[0].endswith("kimg=60 scorings=6")


def test_a_run_that_went_on_was_started_for_each_round() -> None:
    run = Run(Path(), 30.0, True, 52.0, 7.0, 1000.0)
    other = replace(run, kimg=10.0, wall_seconds=15.0, reference_seconds=0.0)
    found = {Entry(NONE, 0): run, Entry("da=flip", 0): other}
    speed = measured(found, PLAN)
    # 40 s of training, 7 s for the real images, and 20 s for four starts with their scorings.
    assert (speed.kimg_seconds, speed.run_seconds) == (1.0, 5.0)
    assert trained(found, PLAN) == (40.0, 4)


def test_a_condition_that_cannot_be_trained_is_out(tmp_path: Path) -> None:
    fails = frozenset([Entry("da=gone", 0), Entry("da=flip", 102)])
    outcome = replace(race(tmp_path), fails=fails).run(PLAN, 0.0)
    assert outcome.winner == "da=flip"
    assert outcome.found is not None
    assert outcome.found.seeds == (100, 101)
    told = list(behind(outcome))
    assert "gone: out in round 1, its training failed: L_D is NaN." in told
    assert "da=flip seed=102: failed in the last round, and is not in it: L_D is NaN." in told
    # It is not tried again, and looks the same from the folder.
    again = race(tmp_path)
    assert again.run(PLAN, 0.0).broken == {"da=gone": "L_D is NaN."}
    assert again.trained == [(Entry("da=flip", 102), 30.0)]


def test_without_none_there_is_no_race(tmp_path: Path) -> None:
    failing = replace(race(tmp_path), fails=frozenset([Entry(NONE, 0)]))
    with pytest.raises(UserError, match=r"Runs of the race failed:\n  da=none seed=0: L_D is NaN"):
        failing.run(PLAN, 0.0)
    assert race(tmp_path).run(PLAN, 0.0).winner == "da=flip"


def test_what_is_finished_counts_when_a_signal_comes(tmp_path: Path) -> None:
    interrupted = replace(race(tmp_path), ends=Entry(NONE, 102))
    with pytest.raises(Interrupted):
        interrupted.run(PLAN, 0.0)
    found = interrupted.outcome(PLAN).found
    assert found is not None
    assert found.seeds == (100, 101)


def test_no_run_is_taken_back_to_a_round_that_it_has_passed(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        replace(race(tmp_path), ends=Entry("da=vflip", 0)).run(PLAN, 0.0)
    with pytest.raises(Interrupted):
        replace(race(tmp_path), ends=Entry("da=gone", 0)).train(
            PLAN, [Entry(name, 0) for name in PLAN.images], 1
        )
    race(tmp_path).train(PLAN, [Entry(name, 0) for name in PLAN.images], 1)
    # Killed in the second round: its run says so, and has no score of it.
    write(tmp_path, Entry(NONE, 0), 20.0, "running")
    again = race(tmp_path)
    again.run(PLAN, 0.0)
    assert (Entry(NONE, 0), 10.0) not in again.trained
    assert again.trained[0] == (Entry(NONE, 0), 20.0)


def test_jobs_go_on_with_what_is_finished(tmp_path: Path) -> None:
    short = Run(tmp_path, 10.0, True, 1.0, 0.0, 1.0)
    entry, words = Entry("da=flip", 0), ("experiment=x",)
    assert jobs_for({entry: 10.0}, 1, words, {entry: short}) == {}
    (job,) = jobs_for({entry: 20.0}, 2, words, {entry: short}).values()
    assert job.words[:-1] == ("experiment=x", "da=flip", "seed=0", "kimg=20.0", "scorings=2")
    assert job.words[-1].startswith("resume=")


def test_the_time_of_all_sittings_is_counted(tmp_path: Path) -> None:
    with record.timed(tmp_path):
        first = record.spent(tmp_path)
    with pytest.raises(KeyError), record.timed(tmp_path):
        raise KeyError
    assert first == 0.0 < record.spent(tmp_path)
