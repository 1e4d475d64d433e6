from __future__ import annotations

from dataclasses import replace

import pytest

from project.errors import UserError
from project.race.budget import Plan, Speed, affordable
from project.race.planning import Wish, choose, sizes_of

FIVE = {"da=none": 1000, **dict.fromkeys(["da=a", "da=b", "da=c", "da=d", "da=e"], 2000)}
EIGHT = {**FIVE, **dict.fromkeys(["da=f", "da=g", "da=h"], 1000)}


def race(images: dict[str, int]) -> Plan:
    return Plan(images=images, size=0, kimg=0.0, race_seeds=2, final_seeds=4, parallel=2)


WISH = Wish(
    races=[race(EIGHT), race(FIVE)], sizes=[32, 64, 128], larger=False, hours=2.0, kimg=None
)


class Machine:
    """Takes so many seconds for a kimg at 32 pixels, and three times as many at each size more."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.measured: list[int] = []

    def __call__(self, plan: Plan) -> Speed:
        self.measured.append(plan.size)
        slower = 3.0 ** [32, 64, 128].index(plan.size)
        return Speed(self.seconds * slower, 10.0, plan.parallel)


def test_the_largest_size_at_which_all_conditions_get_the_usual_length() -> None:
    machine = Machine(0.9)
    plan, speed = choose(WISH, machine)
    assert (plan.size, len(plan.conditions), speed.kimg_seconds) == (64, 8, 0.9 * 3.0)
    assert plan.why == ("64 pixels: 128 would take more hours.",)
    # At 128 pixels even twice the time of 64 would be too long, so that it was not measured.
    assert machine.measured == [32, 64]
    assert affordable(plan, speed, 2.0) >= 200 > affordable(plan, Speed(5.4, 10.0, 2), 2.0)


def test_a_fast_machine_takes_the_largest() -> None:
    plan, _ = choose(WISH, Machine(0.1))
    assert (plan.size, plan.why) == (128, ("128 pixels: there is no larger.",))
    small = replace(WISH, sizes=[32, 64], larger=True)
    plan, _ = choose(small, Machine(0.1))
    assert (plan.size, plan.why) == (64, ("64 pixels: few of the pictures are larger.",))


def test_fewer_conditions_before_less_than_the_usual_length() -> None:
    plan, _ = choose(WISH, Machine(3.5))
    assert (plan.size, len(plan.conditions)) == (32, 5)
    assert plan.why[1] == "Left out, for more hours: f, g, h."
    assert plan.kimg >= 200


def test_refused_only_where_the_smallest_carries_no_answer() -> None:
    plan, _ = choose(WISH, Machine(7.0))
    assert (plan.size, len(plan.conditions)) == (32, 5)
    assert 80 <= plan.kimg < 200
    with pytest.raises(UserError, match="5 conditions and none at 32 pixels need about"):
        choose(WISH, Machine(20.0))


def test_a_length_that_is_not_whole_epochs_is_told() -> None:
    plan, _ = choose(replace(WISH, sizes=[64], kimg=205.0), Machine(0.1))
    assert plan.kimg == 204
    assert plan.why == (
        "204 kimg in the place of 205: each third of a run is whole epochs of every training set.",
    )


def test_sizes_that_half_the_pictures_have() -> None:
    assert sizes_of(100, [32, 64, 128]) == [32, 64]
    assert sizes_of(20, [32, 64, 128]) == [32]
    # Drawn pictures have no size of their own.
    assert sizes_of(0, [32, 64, 128]) == [32, 64, 128]
