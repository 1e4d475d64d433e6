"""Logs losses and speed, seldom enough that the step never waits for it."""

from __future__ import annotations

import math
import time
from typing import Any

import torch
from lightning import Callback, LightningModule, Trainer

from project.callbacks.watched import Counts, log
from project.errors import UserError


class LossLog(Callback):
    """Logs each loss term and the speed every so many batches, and at the last one.

    Args:
        every_n_batches: how often.
        module: what is trained.
    """

    def __init__(self, *, every_n_batches: int, module: Counts) -> None:
        self.module = module
        self.every_n_batches = every_n_batches
        self.seconds = 0.0
        self.images = 0
        self._started = 0.0
        self._first = 0
        self._last: dict[str, float] = {}

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int
    ) -> None:
        """Starts the clock."""
        self._started = time.perf_counter()
        self._first = self.module.images_seen

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
    ) -> None:
        """Stops the clock; logs.

        Raises:
            UserError: a loss is no number any more.
        """
        module = self.module
        due = module.batches % self.every_n_batches == 0
        values = self._values() if due else {}
        self.seconds += time.perf_counter() - self._started
        self.images += module.images_seen - self._first
        if due:
            self._log(trainer, values)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Logs the last batch of the training, unless it has just been."""
        if pl_module.device.type == "cuda":
            # Steps that a card was given count as long as it takes over them.
            started = time.perf_counter()
            torch.cuda.synchronize(pl_module.device)
            self.seconds += time.perf_counter() - started
        last = trainer.current_epoch + 1 == trainer.max_epochs
        if last and self.module.batches % self.every_n_batches:
            self._last = self._values() or self._last
            if self._last:
                self._log(trainer, self._last)

    def state_dict(self) -> dict[str, Any]:
        """Keeps the speed, and the losses of the last batch for a resume at its end."""
        return {"last": self._last, "seconds": self.seconds, "images": self.images}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes them up again."""
        self._last = state_dict["last"]
        # Checkpoints of earlier versions have no speed.
        self.seconds = state_dict.get("seconds", 0.0)
        self.images = state_dict.get("images", 0)

    def _values(self) -> dict[str, float]:
        return {name: value.item() for name, value in self.module.losses.items()}

    def _log(self, trainer: Trainer, values: dict[str, float]) -> None:
        batches, epoch = self.module.batches, trainer.current_epoch
        seen = {"images": self.module.images_seen}
        log(trainer, {**seen, **values, "images_per_second": self.images_per_second}, batches)
        check_numbers(values, epoch, batches)

    @property
    def images_per_second(self) -> float:
        """Images trained on per second of training, scoring and drawing left out."""
        return self.images / self.seconds if self.seconds else 0.0

    def result(self) -> dict[str, Any]:
        """What the run's result says of its speed."""
        return {"images_per_second": round(self.images_per_second, 1)}


def check_numbers(losses: dict[str, float], epoch: int, batches: int) -> None:
    """Checks losses that were read anyway: once one is NaN, so is all that is trained after it.

    Args:
        losses: by name.
        epoch: counted from 0.
        batches: trained so far.

    Raises:
        UserError: one is NaN.
    """
    for name, value in losses.items():
        if math.isnan(value):
            raise UserError(
                f"{name} is NaN in epoch {epoch + 1} after {batches} batches: the training has "
                "come apart. Lower the learning rate, or train with trainer.precision=32-true."
            )
