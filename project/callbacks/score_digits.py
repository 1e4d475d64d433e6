"""Is it a digit? Judges that took no part say so."""

from __future__ import annotations

from typing import Any

import lightning
import torch

from project.data.pixels import from_uint8
from project.metrics.digit_scores import judge_scores
from project.trained import load_module


class ScoreDigits(lightning.Callback):
    """Scores the final images with the digit judges (Study D, decision).

    Args:
        held_out: the judge that was kept out of every choice, by its run's name.
    """

    def __init__(self, *, held_out: str) -> None:
        self.held_out = held_out
        self.scores: dict[str, float] = {}
        self.reference: dict[str, float] = {}

    def on_train_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Scores the images, and as many real training images as the row to compare with."""
        datamodule: Any = trainer.datamodule  # type: ignore[attr-defined]
        runs = {name: run for name, run in datamodule.runs.items() if name.startswith("judge_")}
        judges = {name: load_module(run).network for name, run in runs.items()}
        training = from_uint8(torch.from_numpy(datamodule.training.images), 0.0, 1.0)
        labels = torch.from_numpy(datamodule.training.labels[:, 0])
        given = {
            "judges": judges,
            "reference_images": from_uint8(torch.from_numpy(datamodule.testing.images), 0.0, 1.0),
            "reference_labels": torch.from_numpy(datamodule.testing.labels[:, 0]),
            "held_out": self.held_out,
        }
        wanted = module.wanted.cpu()
        with torch.no_grad():
            self.scores = judge_scores(
                images=module.pictures(), wanted=wanted, training_images=training, **given
            )
            like = [torch.where(labels == d)[0][: int((wanted == d).sum())] for d in wanted.unique()]
            taken = torch.cat(like)
            rest = torch.ones(len(labels), dtype=torch.bool)
            rest[taken] = False
            self.reference = judge_scores(
                images=training[taken], wanted=labels[taken], training_images=training[rest], **given
            )

    def result(self) -> dict[str, Any]:
        """Scores of the images, and of as many real ones from the training set."""
        return {"scores": {"digits": self.scores}, "reference": {"digits": self.reference}}
