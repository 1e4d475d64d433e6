"""Watching the digits appear."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from lightning import Callback, LightningModule, Trainer
from PIL import Image
from torch import Tensor, nn

from project.datamodules.pixels import to_uint8
from project.replacing import replacing
from project.runs.grid import enlarged, save_grid


class Inversion(Protocol):
    """Images under inversion."""

    batches: int
    wanted: Tensor

    @property
    def device(self) -> torch.device:
        """Where they are."""

    @property
    def classifier(self) -> nn.Module:
        """The frozen classifier."""

    def pictures(self) -> Tensor:
        """Returns the images ``N x 1 x H x W`` in [0, 1], on the CPU."""


class InversionPictures(Callback):
    """Saves a grid after each epoch, and at the end an animation (Study D).

    Args:
        per_digit: images of each digit that are shown.
        milliseconds: how long the animation stays on a picture.
        module: the images.
    """

    def __init__(self, *, per_digit: int, milliseconds: int, module: Inversion) -> None:
        self.module = module
        self.per_digit = per_digit
        self.milliseconds = milliseconds
        self.verdict: dict[str, float] = {}

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Shows the noise that all begins with."""
        if self.module.batches == 0:
            self._draw(trainer)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Saves the grid."""
        self._draw(trainer)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Saves the animation; asks the classifier what it sees."""
        module = self.module
        with torch.no_grad():
            pictures = module.pictures()
            seen = module.classifier(pictures.to(module.device)).softmax(1).cpu()
        wanted = module.wanted.cpu()
        self.verdict = {
            "accuracy": float((seen.argmax(1) == wanted).float().mean()),
            "confidence": float(seen[torch.arange(len(wanted)), wanted].mean()),
        }
        if not trainer.is_global_zero:
            return
        folder = Path(trainer.default_root_dir)
        frames = [Image.open(path) for path in sorted((folder / "grids").glob("step_*.png"))]
        times = [self.milliseconds] * (len(frames) - 1) + [5 * self.milliseconds]
        animated = {"save_all": True, "append_images": frames[1:], "duration": times, "loop": 0}
        with replacing(folder / "digits.gif") as temporary:
            frames[0].save(temporary, format="GIF", **animated)

    def _draw(self, trainer: Trainer) -> None:
        if not trainer.is_global_zero:
            return
        folder = Path(trainer.default_root_dir) / "grids"
        folder.mkdir(exist_ok=True)
        module = self.module
        images, wanted = to_uint8(module.pictures(), 0.0, 1.0).numpy(), module.wanted.cpu().numpy()
        chosen = [np.flatnonzero(wanted == d)[: self.per_digit] for d in np.unique(wanted)]
        shown = images[np.concatenate(chosen)]
        save_grid(enlarged(shown), folder / f"step_{module.batches:06d}.png")

    def result(self) -> dict[str, Any]:
        """What the inverted classifier itself says of the final images."""
        return {"classifier_verdict": self.verdict}
