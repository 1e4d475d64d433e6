"""Checkpoints in the run folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint

from project.callbacks.schedule import due
from project.cli.signals import Interrupted, listen, listener
from project.runs.run_folder import CHECKPOINT

INTO_EPOCH = "batches_into_epoch"


class LastCheckpoint(Checkpoint):
    """Saves ``last.ckpt``, all that an exact resume needs; it is what is scored.

    It is saved at the end of epochs, and on the way out of a run that is interrupted, in the middle
    of an epoch too. The last epoch's says that its end is still to come: a resume scores and draws.

    Args:
        every_n_epochs: how often, besides at the end.
        every_n_seconds: also after an epoch that ends so long after the last one saved.
    """

    def __init__(self, *, every_n_epochs: int, every_n_seconds: float) -> None:
        self.every_n_epochs = every_n_epochs
        self.every_n_seconds = every_n_seconds
        self._saved = 0.0
        self._into_epoch = 0  # batches
        self._begun = False

    def on_load_checkpoint(
        self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Remembers how far into its epoch the run was."""
        self._into_epoch = checkpoint.get(INTO_EPOCH, 0)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Starts the clock; has the first epoch go on where it was."""
        self._saved = time.monotonic()
        self._begun = True
        loader = trainer.train_dataloader
        if isinstance(loader, SkipsBatches):
            loader.skip = self._into_epoch
        listener.together = trainer.world_size > 1
        if listener.together:
            # Lightning's own handler would have all processes leave in the middle of a step.
            listen()

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Lets each process go its own way again."""
        listener.together = False

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int
    ) -> None:
        """Lets a signal wait for the end of the step."""
        listener.begin_step()

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
    ) -> None:
        """Counts the batch; leaves where a signal waits."""
        self._into_epoch += 1
        listener.end_step()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Saves after every other callback has had its turn.

        Raises:
            Interrupted: one of several processes had a signal.
        """
        late = time.monotonic() - self._saved >= self.every_n_seconds
        # All processes save or none, and leave or stay: clocks differ, and so do signals.
        late = trainer.strategy.reduce_boolean_decision(late, all=False)
        leaves = listener.together and trainer.strategy.reduce_boolean_decision(
            listener.heard, all=False
        )
        last = trainer.current_epoch + 1 == trainer.max_epochs
        if not last:
            self._into_epoch = 0
        if late or leaves or due(trainer, self.every_n_epochs):
            trainer.save_checkpoint(Path(trainer.default_root_dir) / CHECKPOINT)
            self._saved = time.monotonic()
        if leaves:
            listener.leave()

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        """Keeps what was trained of a run that is interrupted, unless in the middle of a step."""
        listener.together = False
        interrupted = isinstance(exception, Interrupted) and self._begun and not listener.in_step
        # Several processes have saved at the end of an epoch: they would not stop at one batch.
        if interrupted and trainer.world_size == 1:
            trainer.save_checkpoint(Path(trainer.default_root_dir) / CHECKPOINT)

    def on_save_checkpoint(
        self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Says how far into its epoch the run is, and lets Lightning begin that epoch again."""
        checkpoint[INTO_EPOCH] = self._into_epoch
        if self._into_epoch:
            # After the last epoch, too, while charts are drawn, its end is still to come.
            done = min(trainer.current_epoch, (trainer.max_epochs or 1) - 1)
            begun = {"ready": done, "started": done, "processed": done}
            for progress in checkpoint["loops"]["fit_loop"]["epoch_progress"].values():
                progress |= begun | {"completed": max(0, done - 1)}


@runtime_checkable
class SkipsBatches(Protocol):
    """Batches of which an epoch can leave out the first."""

    skip: int
