"""What an attribute classifier is worth, on images that it never saw."""

from __future__ import annotations

from typing import Any

import lightning

from project.callbacks.schedule import due
from project.metrics.attribute_scores import balanced_accuracy, calibrate, calibration_error


class AttributeReport(lightning.Callback):
    """Calibrates a classifier at its end, and judges it (Study B, measure).

    Calibration comes from images that were not learned from; the threshold is their base rate.
    What is reported comes from images that took no part at all.
    """

    def __init__(self) -> None:
        self.scores: dict[str, float] = {}

    def on_train_epoch_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Calibrates after the last epoch, before the checkpoint is saved."""
        if not due(trainer, 0):
            return
        images, labels = trainer.datamodule.part("tuning")  # type: ignore[attr-defined]
        _, logits = module.look(images)
        for k in range(2):
            slope, offset = calibrate(logits[:, k], labels[:, k])
            module.slope[k], module.offset[k] = slope, offset
            # Of a calibrated P the threshold of the highest balanced accuracy. The one that is best
            # on so few images hangs on single ones of them.
            module.threshold[k] = labels[:, k].double().mean()

    def on_train_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Judges the held-out images."""
        images, labels = trainer.datamodule.part("held_out")  # type: ignore[attr-defined]
        _, probabilities = module.judge(images)
        self.scores = {"images": float(len(images))}
        for k in range(2):
            p, label = probabilities[:, k], labels[:, k]
            threshold = float(module.threshold[k])
            self.scores |= {
                f"balanced_accuracy_{k + 1}": balanced_accuracy(p > threshold, label),
                f"base_rate_{k + 1}": float(label.double().mean()),
                f"threshold_{k + 1}": threshold,
                f"calibration_error_{k + 1}": calibration_error(p, label),
                f"brier_{k + 1}": float((p - label).square().mean()),
                f"slope_{k + 1}": float(module.slope[k]),
                f"offset_{k + 1}": float(module.offset[k]),
            }
        self.scores["base_rate_both"] = float(labels.all(1).double().mean())

    def result(self) -> dict[str, Any]:
        """Scores on the held-out images."""
        return {"scores": {"held_out_images": self.scores}}
