"""How far the hours go: from a measured speed to the length of a race."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from project.errors import UserError
from project.race.rules import NONE, ROUNDS, Round, cost, rounds

HOUR = 3600.0
SPARE = 0.9  # of the hours are planned with
SHORTEST, LONGEST = 0.4, 2.0  # times the usual length
FINAL_SEED = 100  # first of the seeds that take no part in choosing


@dataclass(frozen=True)
class Speed:
    """What was measured of this machine, with as many runs at a time as the race has.

    Attributes:
        kimg_seconds: of a run, for a thousand images shown to D.
        run_seconds: of a run, for starting and scoring.
        parallel: runs at a time.
    """

    kimg_seconds: float
    run_seconds: float
    parallel: int

    def seconds(self, kimg: float, runs: float) -> float:
        """Returns how long so much takes one after another."""
        return self.kimg_seconds * kimg + self.run_seconds * runs


@dataclass(frozen=True)
class Plan:
    """A race, as it was decided on before it.

    Attributes:
        images: none and the conditions -> images in their training sets; none's are the pictures.
        size: their side in pixels.
        kimg: full length of a run.
        race_seeds: number of seeds with which the winner is found.
        final_seeds: number of the others, by which it is compared with none.
        parallel: runs at a time.
        why: this size, these conditions and this length; sentences.
        hours: that it was made for.
    """

    images: Mapping[str, int]
    size: int
    kimg: float
    race_seeds: int
    final_seeds: int
    parallel: int
    why: Sequence[str] = ()
    hours: float = 0.0

    @property
    def conditions(self) -> list[str]:
        """The conditions besides none."""
        return [name for name in self.images if name != NONE]

    @property
    def rounds(self) -> list[Round]:
        """The rounds in which the winner is found."""
        return rounds(len(self.conditions), self.kimg, range(self.race_seeds))

    def length(self, condition: str, number: int) -> float:
        """Returns the kimg that a condition is trained to by the end of a round.

        In whole epochs, as many in each round: only so does a run that goes on end as one that was
        begun with the longer training.
        """
        images = self.images[condition]
        epochs = max(1, round(1000 * self.kimg / len(self.rounds) / images))
        return number * epochs * images / 1000

    @property
    def fresh_seeds(self) -> list[int]:
        """The seeds by which the winner is compared with none."""
        return list(range(FINAL_SEED, FINAL_SEED + self.final_seeds))

    def seconds(self, speed: Speed) -> float:
        """Returns how long the race takes."""
        count = len(self.conditions)
        return speed.seconds(*cost(self.rounds, count, self.final_seeds, self.parallel))


def usual_length(n: int) -> float:
    """Returns the kimg after which curves of n pictures are about flat.

    205 for 1000 photographs at 64 pixels (measured; the document on Study A).
    """
    return 100 + n / 10


def affordable(plan: Plan, speed: Speed, hours: float) -> float:
    """Returns the length in kimg that the hours allow, below 0 where they allow none."""
    per_kimg, runs = _cost_of_one(plan)
    return (SPARE * hours * HOUR - speed.seconds(0, runs)) / speed.seconds(per_kimg, 0)


def fit(plan: Plan, speed: Speed, hours: float, wanted: float | None) -> Plan:
    """Makes a race as long as the hours allow.

    Args:
        plan: of which the length is still open.
        speed: measured.
        hours: how long it may take.
        wanted: the length in kimg that the user asked for; None: what the hours allow.

    Raises:
        UserError: they are too few for any answer, with the number that is not.
    """
    per_kimg, runs = _cost_of_one(plan)
    usual = usual_length(plan.images[NONE])
    allowed = affordable(plan, speed, hours)
    kimg = wanted or min(LONGEST * usual, allowed)
    shortest = wanted or SHORTEST * usual
    if allowed < shortest:
        least = speed.seconds(per_kimg * shortest, runs) / SPARE / HOUR
        raise UserError(
            f"hours={hours:g} cannot carry an answer: on this machine, {len(plan.conditions)} "
            f"conditions and none at {plan.size} pixels need about {_up(least)} hours. Give these, "
            f"or fewer conditions=."
        )
    length = whole_epochs(kimg, plan.images.values(), allowed)
    return replace(plan, kimg=length, hours=hours)


def _cost_of_one(plan: Plan) -> tuple[float, int]:
    """Returns the cost of a race whose runs are 1 kimg long."""
    count = len(plan.conditions)
    one = rounds(count, 1.0, range(plan.race_seeds))
    return cost(one, count, plan.final_seeds, plan.parallel)


def _up(hours: float) -> str:
    """Rounds up to two digits: what it says is enough."""
    unit = 10.0 ** (math.floor(math.log10(hours)) - 1)
    return f"{math.ceil(hours / unit) * unit:.3g}"


def whole_epochs(kimg: float, images: Collection[int], most: float) -> float:
    """Returns the length next to ``kimg`` that is whole epochs a round of every training set.

    Where the sets have no such length in common that is no longer, of the smallest.

    Args:
        kimg: wished for.
        images: in each training set.
        most: that there is time for.
    """
    step = ROUNDS * math.lcm(*images) / 1000
    if step > kimg:
        step = ROUNDS * min(images) / 1000
    count = max(1, round(kimg / step))
    return (count - 1 if count > 1 and count * step > most else count) * step


def more_seeds(plan: Plan, speed: Speed, hours_left: float, most: int) -> int:
    """Returns how many seeds can compare the winner with none in the hours that are left.

    Args:
        plan: with the least number of them.
        speed: measured over the race.
        hours_left: for them.
        most: that are of use.
    """

    def hours(seeds: int) -> float:
        waves = math.ceil(2 * seeds / plan.parallel)
        return speed.seconds(waves * plan.kimg, waves) / HOUR

    counts = range(plan.final_seeds, most + 1)
    return max((n for n in counts if hours(n) <= hours_left), default=plan.final_seeds)
