"""Is it a digit? Judges that took no part say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from lightning import Callback, LightningModule, Trainer
from torch import Tensor

from project.callbacks.progress import tell
from project.data.source import ImageSet
from project.metrics.digit_judges import (
    DigitJudges,
    RealDigits,
    TrainedJudge,
    score_digits,
    score_real,
)


class Digits(Protocol):
    """Images, and the digit that each is to be."""

    wanted: Tensor

    def pictures(self) -> Tensor:
        """Returns the images ``N x 1 x H x W`` in [0, 1], on the CPU."""


class ScoreDigits(Callback):
    """Scores the final images with the digit judges (Study D, decision).

    Args:
        held_out: the judge that is held out of every choice, by its name.
        judges: modules of the digit judges, by name.
        training: real images that the inverted classifier was trained on.
        testing: others.
        module: what is scored.

    Raises:
        UserError: the judge that is held out is missing, or alone.
    """

    def __init__(
        self,
        *,
        held_out: str,
        judges: Mapping[str, TrainedJudge],
        training: ImageSet,
        testing: ImageSet,
        module: Digits,
    ) -> None:
        self.module = module
        self.judges = DigitJudges.of(judges, held_out)
        self.real = RealDigits(*tensors(training), *tensors(testing))
        self.scores: dict[str, float] = {}
        self.reference: dict[str, float] = {}

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Scores the images, and as many real training images as the row to compare with."""
        tell(trainer, "asking the judges")
        module = self.module
        self.scores = score_digits(module.pictures(), module.wanted, self.judges, self.real)
        self.reference = score_real(module.wanted, self.judges, self.real)

    def result(self) -> dict[str, Any]:
        """Scores of the images, and of as many real ones from the training set."""
        return {"scores": {"digits": self.scores}, "reference": {"digits": self.reference}}


def tensors(images: ImageSet) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns images ``N x 1 x H x W``, uint8, and their classes ``N``."""
    return torch.from_numpy(images.images), torch.from_numpy(images.labels[:, 0])
