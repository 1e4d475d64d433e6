"""Is it a digit? Judges that took no part say so."""

from __future__ import annotations

from typing import Any

import lightning
import torch

from project.callbacks.progress import tell
from project.data.source import ImageSet
from project.metrics.digit_judges import DigitJudges, RealDigits, score_digits, score_real


class ScoreDigits(lightning.Callback):
    """Scores the final images with the digit judges (Study D, decision).

    The module gives `pictures()` and `wanted`, the data module `runs`, `training` and `testing`.

    Args:
        held_out: the judge that was kept out of every choice, by its run's name.
    """

    def __init__(self, *, held_out: str) -> None:
        self.held_out = held_out
        self.scores: dict[str, float] = {}
        self.reference: dict[str, float] = {}
        self.judges: DigitJudges
        self.real: RealDigits

    def on_fit_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Loads the judges: unfit ones must be reported before the first step."""
        datamodule: Any = trainer.datamodule  # type: ignore[attr-defined]
        self.judges = DigitJudges.load(datamodule.runs, self.held_out)
        self.real = RealDigits(*tensors(datamodule.training), *tensors(datamodule.testing))

    def on_train_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Scores the images, and as many real training images as the row to compare with."""
        tell(trainer, "asking the judges")
        self.scores = score_digits(module.pictures(), module.wanted, self.judges, self.real)
        self.reference = score_real(module.wanted, self.judges, self.real)

    def result(self) -> dict[str, Any]:
        """Scores of the images, and of as many real ones from the training set."""
        return {"scores": {"digits": self.scores}, "reference": {"digits": self.reference}}


def tensors(images: ImageSet) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns images ``N x 1 x H x W``, uint8, and their classes ``N``."""
    return torch.from_numpy(images.images), torch.from_numpy(images.labels[:, 0])
