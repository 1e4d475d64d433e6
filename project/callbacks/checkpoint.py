"""Checkpoints in the run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightning
from lightning.pytorch.callbacks import Checkpoint, ModelCheckpoint

from project.callbacks.schedule import due
from project.run_folder import CHECKPOINT


class LastCheckpoint(Checkpoint):
    """Saves ``last.ckpt``, all that an exact resume needs; it is what is scored.

    Args:
        every_n_epochs: how often, besides at the end.
    """

    def __init__(self, *, every_n_epochs: int) -> None:
        self.every_n_epochs = every_n_epochs

    def on_train_epoch_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Saves after every other callback has had its turn."""
        if due(trainer, self.every_n_epochs):
            trainer.save_checkpoint(Path(trainer.default_root_dir) / CHECKPOINT)


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

    def setup(self, trainer: lightning.Trainer, pl_module: Any, stage: str) -> None:
        """Chooses the run folder."""
        self.dirpath = trainer.default_root_dir
        super().setup(trainer, pl_module, stage)
