"""What a resumed run needs beyond weights, so that it ends as if it had never stopped."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from lightning import Callback, LightningModule, Trainer

from project.callbacks.checkpoint import INTO_EPOCH
from project.callbacks.watched import Counts
from project.loggers.csv_log import CSVLog

ROW = "logged_at_batch"


@runtime_checkable
class Replays(Protocol):
    """A logger that needs the history of a resumed run again."""

    def replay(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Takes the rows of ``metrics.csv``, up to where the run goes on."""


class ExactResume(Callback):
    """Keeps the random states in the checkpoint and takes them up before the next batch.

    Args:
        module: what is trained.
    """

    def __init__(self, *, module: Counts) -> None:
        self.module = module
        self._restored: dict[str, Any] | None = None
        self._seed = 0
        self._row: dict[str, str] = {}
        self._row_before: dict[str, str] | None = None

    def on_save_checkpoint(
        self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Saves the random states of Python, NumPy, torch and the device as values and tensors."""
        device = pl_module.device
        version, internal, gauss = random.getstate()
        numpy_state: Any = np.random.get_state()
        name, keys, position, has_gauss, cached = numpy_state
        checkpoint["random_states"] = {
            "python": [version, list(internal), gauss],
            # As a tensor: loading with weights_only=True refuses NumPy's own.
            "numpy": [name, torch.from_numpy(keys.astype(np.int64)), position, has_gauss, cached],
            "torch": torch.get_rng_state(),
            "cuda": [torch.cuda.get_rng_state(device)] if device.type == "cuda" else [],
            "mps": [torch.mps.get_rng_state()] if device.type == "mps" else [],
        }
        checkpoint[ROW] = self._row

    def on_load_checkpoint(
        self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Remembers the states: building the run will still draw random numbers."""
        self._restored = checkpoint["random_states"]
        # What was logged at an epoch's end that is still to come is logged again, or, where the
        # training is longer now and this is not its last epoch any more, not at all.
        self._row_before = checkpoint.get(ROW) if checkpoint.get(INTO_EPOCH) else None

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
    ) -> None:
        """Remembers what was logged at the batch alone, before its epoch's end."""
        for log in csv_logs(trainer):
            self._row = log.row(self.module.batches)

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Has each further process (trainer=ddp) draw noise of its own, the same after a resume."""
        if trainer.global_rank > 0:
            drawn = np.random.SeedSequence([self._seed, trainer.current_epoch, trainer.global_rank])
            torch.manual_seed(int(drawn.generate_state(1)[0]))

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Takes the states up, and drops curves drawn after the checkpoint."""
        self._seed = torch.initial_seed() % 2**32
        if self._restored is None:
            return
        for log in csv_logs(trainer):
            log.forget_after(self.module.batches)
            if self._row_before is not None:
                log.take_back(self.module.batches, self._row_before)
            for logger in trainer.loggers:
                if isinstance(logger, Replays):
                    logger.replay(log.rows)
        states, self._restored = self._restored, None
        version, internal, gauss = states["python"]
        random.setstate((version, tuple(internal), gauss))
        name, keys, position, has_gauss, cached = states["numpy"]
        np.random.set_state((name, keys.numpy().astype(np.uint32), position, has_gauss, cached))
        torch.set_rng_state(states["torch"])
        device = pl_module.device
        if device.type == "cuda" and states["cuda"]:
            # Checkpoints of earlier versions have a state for each card that there was.
            saved = states["cuda"]
            which = device.index or 0
            torch.cuda.set_rng_state(saved[which] if which < len(saved) else saved[0], device)
        elif device.type == "mps" and states.get("mps"):
            torch.mps.set_rng_state(states["mps"][0])


def csv_logs(trainer: Trainer) -> list[CSVLog]:
    """Returns the logger of ``metrics.csv``, where there is one."""
    return [logger for logger in trainer.loggers if isinstance(logger, CSVLog)]
