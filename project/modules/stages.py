"""Stages of a training: until when each lasts, and which losses count how much in it.

Torch-free, so that a slip in the stages is answered before anything is trained.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from project.errors import UserError, nearest

# Equations (1), (6), (7), (8) for G and (2) to (5) for D; L_GM3 is not the study's.
TERMS = {
    "G": ("L_G", "L_GM1a", "L_GM1b", "L_GM2", "L_GM3"),
    "D": ("L_D", "L_DM1", "L_DM2", "L_DM3"),
}
OF_D_1_AND_D_2 = {"L_GM2", "L_GM3", "L_DM3"}
REAL = ("alternate", "halves", "union", "both")
SMOOTH = ("none", "linear", "cosine")
KEYS = ("until", "real", "G", "D")
ROUNDING = 1e-6

Weights = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Stage:
    """A stage in whole epochs.

    Attributes:
        name: its key in the plan.
        begin: number of epochs before it.
        end: number of epochs until its end.
        real: where D's real images come from: ``alternate`` takes feature 1 in odd epochs and
            feature 2 in even ones, ``halves`` half a batch from each, ``union`` all together,
            ``both`` those alone that have both. A detector's halves are images with, and images
            without its feature.
        weights: of the terms of ``G`` and of ``D``.
    """

    name: str
    begin: int
    end: int
    real: str
    weights: Weights


class Stages:
    """Any number of stages, one after the other (Study B, stages of STEP 3).

    Args:
        epochs: E, all epochs.
        smooth: how weights move from stage to stage: ``none`` jumps at the border; ``linear`` and
            ``cosine`` go from the middle of one stage to the middle of the next.
        plan: name of each stage -> ``until`` (the epoch after which it ends, or, as a number with
            a point, the share of E), ``real``, and the weights ``G`` and ``D``.

    Attributes:
        stages: in their order.

    Raises:
        UserError: a stage is empty, they do not end with the last epoch, weights are negative or
            do not sum to 1, or a name is unknown.
    """

    def __init__(self, *, epochs: int, smooth: str, plan: Mapping[str, Mapping[str, Any]]) -> None:
        if smooth not in SMOOTH:
            raise UserError(f"stages.smooth={smooth} is unknown. {nearest(smooth, SMOOTH)}")
        if not plan:
            raise UserError("stages.plan is empty. Give one stage or more.")
        self.smooth = smooth
        self.stages: list[Stage] = []
        for name, given in plan.items():
            self.stages.append(self._read(str(name), given, epochs))
        last = self.stages[-1]
        if last.end != epochs:
            raise UserError(
                f"Epochs {last.end + 1} to {epochs} belong to no stage: the last one, "
                f"'{last.name}', ends after epoch {last.end}. Give it until=1.0."
            )

    @property
    def need_discriminators(self) -> bool:
        """Whether a term with a weight looks at D_1 and D_2."""
        return any(
            weight > 0 and term in OF_D_1_AND_D_2
            for stage in self.stages
            for terms in stage.weights.values()
            for term, weight in terms.items()
        )

    @property
    def take_both(self) -> bool:
        """Whether a stage takes images that have both features."""
        return any(stage.real == "both" for stage in self.stages)

    def number(self, epoch: int) -> int:
        """Returns the place in `stages` of the stage that an epoch belongs to.

        Args:
            epoch: counted from 0; beyond the last it is the last stage's.
        """
        found = (i for i, stage in enumerate(self.stages) if epoch < stage.end)
        return next(found, len(self.stages) - 1)

    def at(self, epoch: int) -> Stage:
        """Returns the stage that an epoch, counted from 0, belongs to."""
        return self.stages[self.number(epoch)]

    def weights(self, epoch: int) -> Weights:
        """Returns the weights of an epoch, counted from 0; those of ``G`` and of ``D`` sum to 1."""
        if self.smooth == "none":
            return self.at(epoch).weights
        now = epoch + 0.5
        middles = [(stage.begin + stage.end) / 2 for stage in self.stages]
        after = next((i for i, middle in enumerate(middles) if now < middle), len(middles))
        if after in (0, len(middles)):
            return self.stages[min(after, len(middles) - 1)].weights
        share = (now - middles[after - 1]) / (middles[after] - middles[after - 1])
        if self.smooth == "cosine":
            share = (1 - math.cos(math.pi * share)) / 2
        return _mixed(self.stages[after - 1].weights, self.stages[after].weights, share)

    def _read(self, name: str, given: Mapping[str, Any], epochs: int) -> Stage:
        place = f"stages.plan.{name}"
        _check_keys(place, given, KEYS)
        real = given["real"]
        if real not in REAL:
            raise UserError(f"{place}.real={real} is unknown. {nearest(str(real), REAL)}")
        end = _last_epoch(place, given["until"], epochs)
        begin = self.stages[-1].end if self.stages else 0
        if end <= begin or end > epochs:
            raise UserError(_misfit(self.stages, name, given["until"], end, epochs))
        return Stage(name, begin, end, real, _read_weights(place, given))


def _check_keys(place: str, given: object, keys: Sequence[str]) -> None:
    if not isinstance(given, Mapping):
        raise UserError(f"{place}={given} is no stage. Give it {', '.join(keys)}.")
    for key in given:
        if key not in keys:
            raise UserError(f"'{key}' is not a key of {place}. {nearest(str(key), keys)}")
    for key in keys:
        if given.get(key) is None:
            raise UserError(f"{place}.{key} is missing. A stage has {', '.join(keys)}.")


def _last_epoch(place: str, until: object, epochs: int) -> int:
    if isinstance(until, float) and 0 < until <= 1:
        # A share such as 0.29 of 100 is 28.999..., which means 29.
        return math.floor(until * epochs + ROUNDING)
    if isinstance(until, int) and not isinstance(until, bool) and until >= 1:
        return until
    raise UserError(
        f"{place}.until={until} is not allowed. Give a whole number of epochs from 1, or a share "
        "of all epochs with a point, up to 1.0."
    )


def _misfit(before: Sequence[Stage], name: str, until: object, end: int, epochs: int) -> str:
    told = f"{end} (until={until} of epochs={epochs})" if isinstance(until, float) else str(end)
    if end > epochs:
        return (
            f"Stage '{name}' ends after epoch {told}, but the training has epochs={epochs}. "
            f"Give more epochs, or a smaller stages.plan.{name}.until."
        )
    if not before:
        return f"Stage '{name}' ends after epoch {told}, before the first. Give more epochs."
    return (
        f"Stage '{name}' ends after epoch {told}, but the stage before it, '{before[-1].name}', "
        f"ends after epoch {before[-1].end}: no epoch is left for it. Give more epochs, or other "
        "values of until."
    )


def _read_weights(place: str, given: Mapping[str, Any]) -> Weights:
    found: Weights = {}
    for network, terms in TERMS.items():
        if not isinstance(given[network], Mapping):
            raise UserError(
                f"{place}.{network}={given[network]} are no weights. Give a weight to one or more "
                f"of {', '.join(terms)}."
            )
        weights = {str(term): weight for term, weight in given[network].items()}
        for term, weight in weights.items():
            if term not in terms:
                raise UserError(f"'{term}' is no term of {place}.{network}. {nearest(term, terms)}")
            number = isinstance(weight, int | float) and not isinstance(weight, bool)
            if not number or not 0 <= weight <= 1 + ROUNDING:
                raise UserError(f"{place}.{network}.{term}={weight} is no weight. Allowed: 0 to 1.")
        total = math.fsum(weights.values())
        if abs(total - 1) > ROUNDING:
            raise UserError(
                f"The weights {place}.{network} sum to {total:.6g}, but must sum to 1: "
                f"{', '.join(f'{term}={weight:.6g}' for term, weight in weights.items())}."
            )
        found[network] = {term: float(weight) for term, weight in weights.items()}
    return found


def _mixed(one: Weights, other: Weights, share: float) -> Weights:
    """Returns ``(1 - share) * one + share * other``, term by term."""
    mixed: Weights = {}
    for network, terms in TERMS.items():
        mixed[network] = {
            term: (1 - share) * one[network].get(term, 0.0) + share * other[network].get(term, 0.0)
            for term in terms
            if term in one[network] or term in other[network]
        }
    return mixed
