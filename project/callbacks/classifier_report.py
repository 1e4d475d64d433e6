"""What a classifier is worth: accuracy, a table by class, a confusion matrix."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import torch
from lightning import Callback, LightningModule, Trainer
from torch import Tensor

from project.callbacks.charts import save_confusion
from project.data.source import ImageSet
from project.datamodules.pixels import from_uint8


class Predicts(Protocol):
    """A classifier."""

    def predict(self, images: Tensor) -> Tensor:
        """Returns the logits ``N x K`` of ``N x 1 x H x W`` images in [0, 1], on the CPU."""


class ClassifierReport(Callback):
    """Judges a classifier on the test images at the end of its training (Study D).

    Args:
        module: the classifier.
        testing: images that it was not trained on.
    """

    def __init__(self, *, module: Predicts, testing: ImageSet) -> None:
        self.module = module
        self.testing = testing
        self.scores: dict[str, Any] = {}

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Counts what was taken for what."""
        testing = self.testing
        labels = torch.from_numpy(testing.labels[:, 0])
        images = from_uint8(torch.from_numpy(testing.images), 0.0, 1.0)
        logits = self.module.predict(images)
        classes = logits.shape[1]
        counts = torch.bincount(labels * classes + logits.argmax(1), minlength=classes**2)
        confusion = counts.view(classes, classes)
        right, of = confusion.diagonal(), confusion.sum(1)
        known = [c for c in range(classes) if of[c] > 0]
        self.scores = {
            "accuracy": float(right.sum() / of.sum()),
            **{f"accuracy_{c}": float(right[c] / of[c]) for c in known},
        }
        if trainer.is_global_zero:
            path = Path(trainer.default_root_dir) / "confusion.png"
            save_confusion(confusion[known].numpy(), path, known)

    def result(self) -> dict[str, Any]:
        """Accuracies on the test images."""
        return {"scores": {"test_images": self.scores}}
