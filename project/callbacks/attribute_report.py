"""What an attribute classifier is worth, on images that it never saw."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from lightning import Callback, LightningModule, Trainer
from torch import Tensor

from project.callbacks.schedule import due
from project.data.feature_labels import FeatureLabels
from project.data.source import ImageSet
from project.metrics.attribute_scores import balanced_accuracy, calibrate, calibration_error


class Judges(Protocol):
    """An attribute classifier."""

    slope: Tensor
    offset: Tensor
    threshold: Tensor

    def look(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Returns features and logits ``N x 2`` of uint8 images."""

    def judge(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Returns features and calibrated probabilities ``N x 2`` of uint8 images."""


class AttributeReport(Callback):
    """Calibrates a classifier at its end, and judges it (Study B, measure).

    Calibration comes from images that were not learned from; the threshold is their base rate.
    What is reported comes from images that took no part at all.

    Args:
        module: the classifier.
        task: the features, and the parts of the images.
        training: all images.
    """

    def __init__(self, *, module: Judges, task: FeatureLabels, training: ImageSet) -> None:
        self.module = module
        self.labels = torch.from_numpy(task.targets(training)[:, :2])
        self.images = training.images
        self.parts = task.parts(training)
        self.scores: dict[str, float] = {}

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Calibrates after the last epoch, before the checkpoint is saved."""
        if not due(trainer, 0):
            return
        images, labels = self._part("tuning")
        module = self.module
        _, logits = module.look(images)
        for k in range(2):
            slope, offset = calibrate(logits[:, k], labels[:, k])
            module.slope[k], module.offset[k] = slope, offset
            # Of a calibrated P the threshold of the highest balanced accuracy. The one that is best
            # on so few images hangs on single ones of them.
            module.threshold[k] = labels[:, k].double().mean()

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Judges the held-out images."""
        images, labels = self._part("held_out")
        module = self.module
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

    def _part(self, name: str) -> tuple[Tensor, Tensor]:
        """Returns the images of a part, uint8, and which of the two features they have."""
        rows = self.parts[name]
        return torch.from_numpy(self.images[rows]), self.labels[rows]

    def result(self) -> dict[str, Any]:
        """Scores on the held-out images."""
        return {"scores": {"held_out_images": self.scores}}
