from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from project.callbacks.attribute_report import AttributeReport
from project.metrics.attribute_scores import balanced_accuracy

P = torch.rand(20000, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64) ** 2
LABELS = torch.bernoulli(P, generator=torch.Generator().manual_seed(1)).long()


class OverSure:
    """Classifier whose logits are twice as large as its P would have them, and shifted."""

    def __init__(self) -> None:
        self.slope, self.offset, self.threshold = (
            torch.zeros(2, dtype=torch.float64) for _ in range(3)
        )

    def look(self, images: Tensor) -> tuple[Tensor, Tensor]:
        return images, 2 * torch.logit(P) + 1


def told(epoch: int) -> Any:
    module = OverSure()
    labels = LABELS.numpy()
    task = SimpleNamespace(
        targets=lambda images: np.concatenate([labels, labels], axis=1),
        parts=lambda images: {"tuning": np.arange(len(labels))},
    )
    training = SimpleNamespace(images=np.zeros((len(labels), 1), np.uint8))
    trainer = SimpleNamespace(current_epoch=epoch, max_epochs=3)
    given: Any = {"module": module, "task": task, "training": training}
    AttributeReport(**given).on_train_epoch_end(trainer, None)  # type: ignore[arg-type]
    return module


def test_it_is_calibrated_after_the_last_epoch() -> None:
    module = told(2)
    assert module.slope.tolist() == pytest.approx([0.5, 0.5], abs=0.02)
    assert module.offset.tolist() == pytest.approx([-0.5, -0.5], abs=0.03)
    assert not told(1).slope.any()


def test_the_threshold_is_the_base_rate_where_balanced_accuracy_is_highest() -> None:
    threshold = told(2).threshold
    assert torch.equal(threshold, LABELS.double().mean(0))
    for k in range(2):
        at, lower, higher = (
            balanced_accuracy(P[:, k] > float(threshold[k]) + by, LABELS[:, k])
            for by in (0.0, -0.1, 0.1)
        )
        assert at > lower
        assert at > higher
