"""What a classifier is worth: accuracy, a table by class, a confusion matrix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightning
import torch

from project.callbacks.charts import save_confusion
from project.datamodules.pixels import from_uint8


class ClassifierReport(lightning.Callback):
    """Judges a classifier on the test images at the end of its training (Study D)."""

    def __init__(self) -> None:
        self.scores: dict[str, Any] = {}

    def on_train_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Counts what was taken for what."""
        testing = trainer.datamodule.testing  # type: ignore[attr-defined]
        labels = torch.from_numpy(testing.labels[:, 0])
        images = from_uint8(torch.from_numpy(testing.images), 0.0, 1.0)
        logits = module.predict(images)
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
