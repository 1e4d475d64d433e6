"""Does a reversed digit stay the digit it was? Judges say so while the training goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from lightning import Callback, LightningModule, Trainer
from torch import Tensor

from project.callbacks.checkpoint import INTO_EPOCH
from project.callbacks.schedule import due
from project.callbacks.score_digits import tensors
from project.callbacks.watched import Choice, Generates, chosen_by, log_scores
from project.data.source import ImageSet
from project.errors import UserError, nearest
from project.metrics.digit_judges import (
    DigitJudges,
    RealDigits,
    TrainedJudge,
    as_floats,
    score_digits,
    score_real,
)
from project.metrics.digit_scores import Reference, verdict

SCORES = "scores/digits"
WEIGHTS = ("generator", "average")


class Reverses(Generates, Protocol):
    """A module whose G turns test images into others."""

    def sample_rows(self, count: int, seed: int) -> Tensor:
        """Draws the rows of the test images that are its sources."""


class ScoreReversed(Callback):
    """Scores 1 - G(x) on test images every k epochs, and the worst of them (Study C, findings).

    Args:
        held_out: the judge that reads the final images alone, by its run's name.
        images: test images, drawn once; fewer where there are fewer.
        seed: of the draw.
        weights: ``generator``, or ``average`` for its moving average.
        every_n_epochs: k; 0 scores at the end alone.
        worst_from: batches from which on the worst score is looked for.
        judges: modules of the digit judges, by name.
        training: real images that are trained on.
        testing: others.
        module: what is trained.

    Raises:
        UserError: the weights are unknown, or the judge that is held out is missing or alone.
    """

    def __init__(
        self,
        *,
        held_out: str,
        images: int,
        seed: int,
        weights: str,
        every_n_epochs: int,
        worst_from: int,
        judges: Mapping[str, TrainedJudge],
        training: ImageSet,
        testing: ImageSet,
        module: Reverses,
    ) -> None:
        if weights not in WEIGHTS:
            raise UserError(f"scored_weights={weights} is unknown. {nearest(weights, WEIGHTS)}")
        self.images = images
        self.seed = seed
        self.weights = weights
        self.every_n_epochs = every_n_epochs
        self.worst_from = worst_from
        self.scores: dict[str, float] = {}
        self.reference: dict[str, float] = {}
        self.late: dict[str, dict[str, float]] = {}  # batch, from worst_from on -> scores
        self._scored_again = ""
        self.module = module
        self.judges = DigitJudges.of(judges, held_out)
        self.real = RealDigits(*tensors(training), *tensors(testing))
        self.others = {n: j for n, j in self.judges.judges.items() if n != held_out}
        self.reference_images = Reference.of(
            self.others, as_floats(self.real.testing), self.real.testing_labels
        )

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Logs the scores of the digits of this batch; at the end, with all judges."""
        if not due(trainer, self.every_n_epochs):
            return
        module = self.module
        rows = module.sample_rows(self.images, self.seed)
        inputs, labels = self.real.testing[rows], self.real.testing_labels[rows]
        sources = module.sample_sources(self.images, self.seed)
        outputs = torch.cat(list(module.generate(sources, self.weights, 500))).cpu()
        digits = 255 - outputs
        error = {"mean_absolute_error": mean_absolute_error(digits, inputs)}
        scores = verdict(self.others, as_floats(digits), labels, self.reference_images) | error
        log_scores(trainer, {f"{SCORES}/{name}": v for name, v in scores.items()}, module.batches)
        if module.batches >= self.worst_from:
            self.late[str(module.batches)] = scores
        if trainer.current_epoch + 1 == trainer.max_epochs:
            self.scores = score_digits(digits, labels, self.judges, self.real) | error
            self.reference = score_real(labels, self.judges, self.real)

    def choices(self) -> dict[str, Choice]:
        """Scores by the judges that are not held out."""
        names = ("judge_accuracy", "judge_confidence", "digit_distance")
        return chosen_by(names, SCORES, self.weights)

    def on_load_checkpoint(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        checkpoint: dict[str, Any],
    ) -> None:
        """Remembers at which batch an epoch ends again, or, in a longer training, does not end."""
        if checkpoint.get(INTO_EPOCH):
            self._scored_again = str(checkpoint["counts"]["batches"])

    def state_dict(self) -> dict[str, Any]:
        """Keeps the scores of which the worst is looked for, for a resume."""
        return {"late": self.late}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes them up again."""
        self.late = {b: s for b, s in state_dict["late"].items() if b != self._scored_again}

    def result(self) -> dict[str, Any]:
        """The last scores, those of real digits, and the worst from batch ``worst_from`` on."""
        result: dict[str, Any] = {"scores": {"digits": self.scores}}
        result["reference"] = {"digits": self.reference}
        if self.late:
            batch, worst = min(self.late.items(), key=lambda item: item[1]["judge_accuracy"])
            result["worst"] = {"digits": {**worst, "batch": int(batch)}}
        return result


def mean_absolute_error(digits: Tensor, inputs: Tensor) -> float:
    """Mean absolute difference between G(x) and 1 - x, which is that of 1 - G(x) and x.

    Args:
        digits: 1 - G(x), ``N x 1 x H x W``, uint8.
        inputs: x, of the same shape, uint8.
    """
    return float((digits.float() - inputs.float()).abs().mean() / 255)
