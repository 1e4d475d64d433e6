"""The digit judges of a study: is it the wanted digit, and how far is it from real ones?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from project.errors import UserError
from project.metrics.digit_scores import Reference, nearest_distance, verdict
from project.networks.digit_judges import Judge


class TrainedJudge(Protocol):
    """A module that trained a digit judge."""

    @property
    def network(self) -> Judge:
        """The judge."""


@dataclass(frozen=True)
class DigitJudges:
    """Classifiers that take no part in what they judge.

    Attributes:
        judges: by name.
        held_out: name of the judge that was kept out of every choice: it stays out of the means.

    Raises:
        UserError: the one that is held out is missing, or alone.
    """

    judges: Mapping[str, Judge]
    held_out: str

    def __post_init__(self) -> None:
        if self.held_out not in self.judges or len(self.judges) < 2:
            raise UserError(
                f"Two digit judges or more are needed, '{self.held_out}' among them, but there are "
                f"{', '.join(self.judges) or 'none'}. Name them under judges."
            )

    @classmethod
    def of(cls, modules: Mapping[str, TrainedJudge], held_out: str) -> DigitJudges:
        """Takes the networks of modules, by the judges' names, that trained them."""
        return cls({name: module.network for name, module in modules.items()}, held_out)


@dataclass(frozen=True)
class RealDigits:
    """What images are compared with; none of it guides what is scored.

    Attributes:
        training: ``N x 1 x H x W``, uint8: copies would be copies of these.
        training_labels: ``N``.
        testing: ``M x 1 x H x W``, uint8: distances are measured to these.
        testing_labels: ``M``.
    """

    training: Tensor
    training_labels: Tensor
    testing: Tensor
    testing_labels: Tensor


def score_digits(
    images: Tensor, wanted: Tensor, judges: DigitJudges, real: RealDigits
) -> dict[str, float]:
    """Scores images that are to be digits.

    Args:
        images: ``N x 1 x 28 x 28``, float in [0, 1], or uint8.
        wanted: ``N``, int64: the digit that each is to be.
        judges: that took no part.
        real: what they are compared with; digits that are not wanted are left out.

    Returns:
        the rows of `verdict`; ``judge_accuracy``, ``judge_confidence`` and ``digit_distance`` of
        the held-out judge and the distance of each; ``nearest_train_ratio``, 1 being that of
        real images. What so few images cannot tell is left out.

    Raises:
        UserError: the real images lack the digits.
    """
    images, wanted, training = as_floats(images), wanted.cpu(), as_floats(real.training)
    kept = torch.isin(real.testing_labels, wanted)
    seen = Reference.of(judges.judges, as_floats(real.testing)[kept], real.testing_labels[kept])
    others = dict(judges.judges)
    own = {judges.held_out: others.pop(judges.held_out)}
    scores = verdict(others, images, wanted, seen)
    alone = verdict(own, images, wanted, seen)
    for name in ("judge_accuracy", "judge_confidence", "digit_distance"):
        if name in alone:
            scores[f"{name}_held_out"] = alone[name]
    count = min(len(images), len(seen.images))
    as_many = seen.images[torch.linspace(0, len(seen.images) - 1, count).long()]
    if ordinary := nearest_distance(as_many, training):
        scores["nearest_train_ratio"] = nearest_distance(images, training) / ordinary
    return scores


def score_real(wanted: Tensor, judges: DigitJudges, real: RealDigits) -> dict[str, float]:
    """Scores as many real training images of each digit as are wanted: the row to compare with.

    Args:
        wanted: ``N``, int64.
        judges: that took no part.
        real: where they are taken from; the others stay as neighbours.

    Returns:
        scores by their names; none where the training images do not suffice.
    """
    labels = real.training_labels
    rows = [torch.where(labels == d)[0][:n] for d, n in enumerate(torch.bincount(wanted.cpu()))]
    taken = torch.cat(rows)
    # A real image is its own nearest neighbour, unless it is taken out.
    rest = torch.ones(len(labels), dtype=torch.bool)
    rest[taken] = False
    if len(taken) < len(wanted) or not rest.any():
        return {}
    others = RealDigits(real.training[rest], labels[rest], real.testing, real.testing_labels)
    return score_digits(real.training[taken], labels[taken], judges, others)


def as_floats(images: Tensor) -> Tensor:
    """Brings uint8 images to [0, 1] and leaves floats; on the CPU."""
    pixels = images.cpu()
    return pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels.float()
