from __future__ import annotations

import re
from dataclasses import replace

import pytest

from project.errors import UserError
from project.race.budget import Plan, Speed, fit, more_seeds, whole_epochs

PLAN = Plan(
    images={"da=none": 1000, **dict.fromkeys("abcde", 2000), "f": 3000},
    size=64,
    kimg=0.0,
    race_seeds=2,
    final_seeds=4,
    parallel=2,
)


def test_a_plan_fills_nine_tenths_of_the_hours() -> None:
    speed = Speed(kimg_seconds=3.0, run_seconds=30.0, parallel=2)
    plan = fit(PLAN, speed, 3.0, None)
    # Less than half a step of 18 kimg off, in which all races of 1, 2 and 3 thousand images end.
    assert plan.seconds(speed) == pytest.approx(0.9 * 3 * 3600, rel=0.07)


def test_no_longer_than_twice_the_usual() -> None:
    plan = fit(PLAN, Speed(kimg_seconds=0.01, run_seconds=1.0, parallel=1), 10.0, None)
    # 2 * usual_length(1000), in whole epochs of one, two and three thousand images.
    assert plan.kimg == 396


def test_hours_that_carry_no_answer_name_those_that_do() -> None:
    speed = Speed(kimg_seconds=3.0, run_seconds=30.0, parallel=2)
    with pytest.raises(UserError, match=r"hours=0.1 cannot carry an answer") as raised:
        fit(PLAN, speed, 0.1, None)
    (least,) = re.findall(r"need about ([\d.]+) hours", str(raised.value))
    assert fit(PLAN, speed, float(least), None).kimg == pytest.approx(80, abs=9)
    with pytest.raises(UserError, match="cannot carry"):
        fit(PLAN, speed, 0.98 * float(least), None)


def test_lengths_that_were_asked_for_are_near() -> None:
    # Whole epochs of 1000 and 2000 images in each third: multiples of 6 kimg.
    assert whole_epochs(205.0, [1000, 2000, 2000], 999.0) == 204
    assert whole_epochs(205.0, [1000, 2000, 3000], 999.0) == 198
    assert whole_epochs(205.0, [1000], 999.0) == 204
    assert whole_epochs(2.9, [1000, 2000], 999.0) == 3
    # 1000 and 1777 images have 1777 kimg in common: longer than wished for.
    assert whole_epochs(205.0, [1000, 1777], 999.0) == 204
    # 1000, 1500 and 1750 images: multiples of 63 kimg, and never more than there is time for.
    assert whole_epochs(95.0, [1000, 1500, 1750], 999.0) == 126
    assert whole_epochs(95.0, [1000, 1500, 1750], 95.0) == 63


def test_a_length_that_was_asked_for() -> None:
    speed = Speed(kimg_seconds=3.0, run_seconds=0.0, parallel=1)
    assert fit(PLAN, speed, 2.0, 6.0).kimg == 6.0
    with pytest.raises(UserError, match="cannot carry"):
        fit(PLAN, speed, 0.01, 6.0)


def test_hours_that_are_left_go_into_seeds() -> None:
    plan = replace(PLAN, kimg=100.0)
    speed = Speed(kimg_seconds=3.0, run_seconds=60.0, parallel=2)
    # Two runs of 300 + 60 seconds, two at a time: six minutes a seed.
    assert more_seeds(plan, speed, 0.75, 12) == 7
    assert more_seeds(plan, speed, 0.1, 12) == 4
    assert more_seeds(plan, speed, 9.0, 12) == 12


@pytest.mark.parametrize("kimg", [4.0, 21.0, 205.0, 390.0])
def test_each_round_is_whole_epochs_of_every_training_set(kimg: float) -> None:
    plan = replace(PLAN, kimg=whole_epochs(kimg, PLAN.images.values(), 999.0))
    plan = replace(plan, images={**plan.images, "odd": 1300})
    for name, images in plan.images.items():
        lengths = [1000 * plan.length(name, number) / images for number in (1, 2, 3)]
        assert lengths == pytest.approx([lengths[0] * number for number in (1, 2, 3)])
        assert round(lengths[0]) == pytest.approx(lengths[0])
    if kimg > 18:
        assert plan.length("f", 3) == plan.length("a", 3) == plan.length("da=none", 3) == plan.kimg
