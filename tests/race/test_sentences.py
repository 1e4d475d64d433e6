from __future__ import annotations

from dataclasses import replace

from project.race.budget import Plan, Speed
from project.race.outcome import Outcome
from project.race.rules import Effect
from project.race.sentences import name_of, plan_lines, plan_table, verdict

PLAN = Plan(
    images={"da=none": 800, "da=flip": 1600, "da=contrast_flip da.size=500": 1300},
    size=64,
    kimg=100.0,
    race_seeds=2,
    final_seeds=4,
    parallel=2,
)
SPEED = Speed(kimg_seconds=3.6, run_seconds=0.0, parallel=2)


def told(mean: float, reach: float, sure: float, sd: float = 2.0, most: int = 12) -> str:
    found = Effect((100, 101, 102, 103), mean, mean - reach, mean + reach, sure, sd, 80.0)
    return verdict(Outcome(PLAN, {}, {}, "da=contrast_flip da.size=500", found), SPEED, most)


def test_better() -> None:
    assert told(-12.0, 7.0, 0.981) == (
        "Use contrast + flip, da.size=500. It is better than no augmentation by 12 [5, 19] "
        "FID points on pictures it never saw, 15 % of the 80 without it (sure: 98 of 100)."
    )


def test_worse() -> None:
    assert told(12.0, 7.0, 0.004).startswith("Train without augmentation: contrast + flip")
    assert "(sure: 99 of 100)" in told(12.0, 7.0, 0.004)


def test_undecided_says_what_would_decide() -> None:
    sentence = told(-3.0, 4.0, 0.93, sd=2.5)
    assert (
        "is better than no augmentation by 3 FID points, but the interval is [-7, +1]" in sentence
    )
    # 8 seeds have a power of 0.8 at 1.2 sd: 4 more, each two runs of 100 kimg, two at a time.
    assert sentence.endswith(
        "4 more seeds of each, 0.4 hours, would probably decide: give more hours=."
    )
    # However many hours are given, the last round has no more seeds than that.
    sentence = told(-3.0, 4.0, 0.93, sd=2.5, most=7)
    assert sentence.endswith("decide: give more hours= and most_final_seeds=8.")


def test_one_seed_is_one() -> None:
    # 5 seeds have a power of 0.8 at 1.682 sd: one more.
    assert "1 more seed of each, 0.1 hours, would" in told(-3.0, 4.0, 0.93, sd=3.0 / 1.69)


def test_before_the_end() -> None:
    assert verdict(Outcome(PLAN), None, 12) == (
        "Undecided: the race is not over. The same command goes on with it."
    )
    ahead = verdict(Outcome(PLAN, {}, {"da=flip": -3.0}), None, 12)
    assert "Ahead so far: flip." in ahead
    assert verdict(Outcome(PLAN, {}, {}, "da=flip"), None, 12).startswith("flip won the race.")


def test_names() -> None:
    assert name_of("da=flip_gen ratio=1:1") == "flip + gen, ratio=1:1"
    assert name_of("da=flip da.mode=online ratio=1") == "flip (online), ratio=1"


def test_a_plan_says_what_is_raced_and_when_it_is_over() -> None:
    first, why, times = plan_lines(replace(PLAN, why=("because",)), SPEED, (0.0, 0))
    assert first == (
        "64 pixels, 2 runs at a time. Against none: flip, contrast + flip, da.size=500."
    )
    assert why == "because"
    # 2 conditions and none on 2 seeds to 100 kimg, and 4 seeds of two: 1400 kimg of 1.8 seconds.
    assert times.startswith("42 min from the beginning to the end; begun now, till ")
    *_, times = plan_lines(PLAN, SPEED, (350.0, 4))
    assert times.startswith("42 min from the beginning to the end; 21 min of them are left;")


def test_a_plan_tells_lengths_that_runs_can_have() -> None:
    table = plan_table(replace(PLAN, kimg=99.2))
    (kimg,) = [list(column.cells) for column in table.columns if column.header == "kimg"]
    # A third is 33.07 kimg: 41 epochs of 800, 21 of 1600, 25 of 1300.
    assert kimg == ["32.5 to 33.6", "65 to 67.2", "97.5 to 100.8", "97.5 to 100.8"]
