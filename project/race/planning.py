"""Which race the hours carry: with which conditions, on pictures of which size, how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from project.race.budget import Plan, Speed, affordable, fit, usual_length
from project.race.rules import NONE

# A larger size of four times the pixels is not measured where it could not even be twice as slow.
AT_LEAST_SLOWER = 2.0


@dataclass(frozen=True)
class Wish:
    """What is open in a race.

    Attributes:
        races: with all conditions, then with fewer; length and size open.
        sizes: in pixels, the smallest first, that the pictures have.
        larger: whether there were sizes that they do not have.
        hours: how long it may take.
        kimg: length that the user asked for; None: what the hours allow.
    """

    races: Sequence[Plan]
    sizes: Sequence[int]
    larger: bool
    hours: float
    kimg: float | None


def sizes_of(pictures: int, sizes: Sequence[int]) -> list[int]:
    """Returns the smallest size, and those to which half the pictures need not be enlarged.

    Args:
        pictures: median of their shorter sides in pixels; 0: they have none.
        sizes: there are, the smallest first.
    """
    return [size for size in sizes if size == sizes[0] or not pictures or size <= pictures]


def choose(wish: Wish, measure: Callable[[Plan], Speed]) -> tuple[Plan, Speed]:
    """Chooses the race: all conditions, if they can be trained to the usual length at any size.

    Then the largest size at which they still can. Nothing but the smallest size and the fewest
    conditions makes do with less than the usual length.

    Args:
        wish: what is open.
        measure: measures this machine, for a race at a size.

    Raises:
        UserError: the hours are too few for any answer.
    """
    races = [replace(race, size=wish.sizes[0]) for race in wish.races]
    speed = measure(races[0])
    race = next((race for race in races if _carried(race, speed, wish)), races[-1])
    why = [] if race is races[0] else [_left_out(races[0], race)]
    reason = ""
    if not _carried(race, speed, wish):
        reason = _too_slow(wish.sizes[1:])
    elif len(wish.sizes) > 1 or wish.larger:
        race, speed, reason = _enlarged(race, speed, wish, measure)
    planned = fit(race, speed, wish.hours, wish.kimg)
    if reason:
        why.insert(0, f"{planned.size} pixels: {reason}.")
    if wish.kimg and planned.kimg != wish.kimg:
        told = f"{planned.kimg:.5g} kimg in the place of {wish.kimg:g}"
        why.append(f"{told}: each third of a run is whole epochs of every training set.")
    return replace(planned, why=tuple(why)), speed


def _enlarged(
    race: Plan, speed: Speed, wish: Wish, measure: Callable[[Plan], Speed]
) -> tuple[Plan, Speed, str]:
    """Goes through the sizes, up to the last that the hours carry; says why not farther."""
    for size in wish.sizes[1:]:
        larger = replace(race, size=size)
        guess = replace(speed, kimg_seconds=AT_LEAST_SLOWER * speed.kimg_seconds)
        found = measure(larger) if _carried(larger, guess, wish) else guess
        if not _carried(larger, found, wish):
            return race, speed, _too_slow([size])
        race, speed = larger, found
    return race, speed, "few of the pictures are larger" if wish.larger else "there is no larger"


def _carried(race: Plan, speed: Speed, wish: Wish) -> bool:
    usual = wish.kimg or usual_length(race.images[NONE])
    return affordable(race, speed, wish.hours) >= usual


def _too_slow(sizes: Sequence[int]) -> str:
    return f"{sizes[0]} would take more hours" if sizes else ""


def _left_out(more: Plan, fewer: Plan) -> str:
    names = [name.removeprefix("da=") for name in more.conditions if name not in fewer.images]
    return f"Left out, for more hours: {', '.join(names)}."
