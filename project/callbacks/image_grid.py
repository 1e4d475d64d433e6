"""Pictures of what the generator makes, from the same sources every time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Protocol, runtime_checkable

import torch
from lightning import Callback, LightningModule, Trainer

from project.callbacks.schedule import due
from project.callbacks.watched import Generates
from project.runs.grid import enlarged, save_grid


@runtime_checkable
class LogsImages(Protocol):
    """A logger that shows pictures."""

    def log_image(self, key: str, images: list[str], step: int) -> None:
        """Logs picture files."""


class ImageGrid(Callback):
    """Saves ``grids/epoch_<k>.png`` of G's images, and the last of its moving average's.

    Args:
        images: how many.
        every_n_epochs: how often, besides at the end.
        at_most: how many grids in a training; a longer one has them at multiples of that distance.
        seed: of the sources.
        module: what is trained.
    """

    def __init__(
        self, *, images: int, every_n_epochs: int, at_most: int, seed: int, module: Generates
    ) -> None:
        self.module = module
        self.images = images
        self.every_n_epochs = every_n_epochs
        self.at_most = at_most
        self.seed = seed

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Draws the grid and hands it to the loggers that show pictures."""
        times = math.ceil((trainer.max_epochs or 0) / max(1, self.every_n_epochs * self.at_most))
        if not due(trainer, times * self.every_n_epochs) or not trainer.is_global_zero:
            return
        folder = Path(trainer.default_root_dir) / "grids"
        folder.mkdir(exist_ok=True)
        module = self.module
        sources = module.sample_sources(self.images, self.seed)
        for weights in ("generator", "average"):
            images = torch.cat(list(module.generate(sources, weights, self.images))).cpu()
            suffix = "" if weights == "generator" else "_average"
            path = folder / f"epoch_{trainer.current_epoch + 1:04d}{suffix}.png"
            save_grid(enlarged(module.shown(sources, images).numpy()), path)
            for logger in trainer.loggers:
                if isinstance(logger, LogsImages):
                    logger.log_image(f"grid/{weights}", [str(path)], step=module.batches)
