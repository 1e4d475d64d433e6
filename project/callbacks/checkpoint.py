"""Checkpoints in the run folder."""

from __future__ import annotations

import time
from pathlib import Path

import lightning
from lightning.pytorch.callbacks import Checkpoint, ModelCheckpoint

from project.callbacks.schedule import due
from project.runs.run_folder import CHECKPOINT


class LastCheckpoint(Checkpoint):
    """Saves ``last.ckpt``, all that an exact resume needs; it is what is scored.

    It is saved between epochs alone: the order of the images is drawn for a whole epoch.

    Args:
        every_n_epochs: how often, besides at the end.
        every_n_seconds: also after an epoch that ends so long after the last one saved.
    """

    def __init__(self, *, every_n_epochs: int, every_n_seconds: float) -> None:
        self.every_n_epochs = every_n_epochs
        self.every_n_seconds = every_n_seconds
        self._saved = 0.0

    def on_train_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Starts the clock."""
        self._saved = time.monotonic()

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Saves after every other callback has had its turn."""
        late = time.monotonic() - self._saved >= self.every_n_seconds
        # All processes save or none: their clocks differ.
        late = trainer.strategy.reduce_boolean_decision(late, all=False)
        if late or due(trainer, self.every_n_epochs):
            trainer.save_checkpoint(Path(trainer.default_root_dir) / CHECKPOINT)
            self._saved = time.monotonic()


class BestCheckpoint(ModelCheckpoint):
    """Saves the checkpoint of the best score so far: a lucky draw, never the headline.

    Args:
        score: name of the score, as logged.
        direction: ``min`` or ``max``.
    """

    def __init__(self, *, score: str, direction: str) -> None:
        super().__init__(
            monitor=score,
            mode=direction,
            save_top_k=1,
            save_on_train_epoch_end=True,
            filename=f"best_{score.replace('/', '_')}_{direction}",
            auto_insert_metric_name=False,
        )

    def setup(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, stage: str
    ) -> None:
        """Chooses the run folder."""
        self.dirpath = trainer.default_root_dir
        super().setup(trainer, pl_module, stage)
