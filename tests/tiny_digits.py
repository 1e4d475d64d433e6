"""Digits of 28 x 28 in a handful, and a training of a fraction of a second on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import lightning
import numpy as np
import torch
from torch import Tensor, nn

from project.data.source import ImageSet, ImageSource
from project.datamodules.labelled import LabelledImages

IMAGES = 48


class TinyDigits:
    """Random images with digits for labels, and others set apart."""

    channels = 1
    size = 28
    label_names = ("digit",)

    def __init__(self, seed: int = 0, classes: int = 10) -> None:
        self.seed = seed
        self.classes = classes

    def describe(self) -> str:
        return "tiny digits"

    def load(self) -> ImageSet:
        rng = np.random.default_rng(self.seed)
        return ImageSet(
            images=rng.integers(0, 256, (IMAGES, 1, 28, 28), dtype=np.uint8),
            names=tuple(map(str, range(IMAGES))),
            labels=(np.arange(IMAGES) % self.classes)[:, None],
            label_names=self.label_names,
            skipped=(),
            fingerprint=f"tiny {self.seed}",
        )

    def test(self) -> TinyDigits:
        return TinyDigits(self.seed + 1, self.classes)


class Prototypes(nn.Module):
    """Logits are how far an image lies from one random picture per class: nothing is trained."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        rng = torch.Generator().manual_seed(5)
        self.pictures = nn.Parameter(torch.rand(classes, 784, generator=rng))

    def forward(self, images: Tensor) -> Tensor:
        return -torch.cdist(images.flatten(1), self.pictures).square()


def datamodule(batch_size: int = 16, least_images: int = 0) -> LabelledImages:
    return LabelledImages(
        source=cast(ImageSource, TinyDigits()),
        training=TinyDigits().load(),
        batch_size=batch_size,
        seed=0,
        least_images=least_images,
    )


def fit(
    module: Any,
    data: Any,
    folder: Path,
    *,
    epochs: int = 2,
    callbacks: Sequence[lightning.Callback] = (),
    loggers: Sequence[Any] = (),
    resume: Path | None = None,
) -> Any:
    """Trains in ``folder`` as `project.run` does, and returns the module."""
    folder.mkdir(exist_ok=True)
    trainer = lightning.Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        callbacks=list(callbacks),
        logger=list(loggers),
        default_root_dir=folder,
        enable_checkpointing=any(
            isinstance(c, lightning.pytorch.callbacks.Checkpoint) for c in callbacks
        ),
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        log_every_n_steps=1,
    )
    trainer.fit(module, data, ckpt_path=resume, weights_only=True)
    return module
