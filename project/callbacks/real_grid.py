"""A picture of the originals, to hold generated images against."""

from __future__ import annotations

from pathlib import Path

import lightning

from project.data.source import ImageSet
from project.runs.grid import enlarged, save_grid


class RealGrid(lightning.Callback):
    """Saves ``grids/real.png`` of the first originals, without augmentation, before training.

    Args:
        images: how many; as many as the grids of generated images have.
        training: the originals.
    """

    def __init__(self, *, images: int, training: ImageSet) -> None:
        self.images = images
        self.training = training

    def on_fit_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Draws the grid."""
        if not trainer.is_global_zero:
            return
        folder = Path(trainer.default_root_dir) / "grids"
        folder.mkdir(exist_ok=True)
        save_grid(enlarged(self.training.images[: self.images]), folder / "real.png")
