"""What the user watches: one bar over the whole training."""

from __future__ import annotations

import time
from typing import Any

import lightning
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class ProgressBar(lightning.Callback):
    """Shows epoch, losses, images per second and the time left; says early how long it will take.

    Args:
        every_n_batches: how often the losses are read, which makes the step wait for them.
        estimate_after_batches: after how many batches the whole time is estimated.
    """

    def __init__(self, *, every_n_batches: int, estimate_after_batches: int) -> None:
        self.every_n_batches = every_n_batches
        self.estimate_after_batches = estimate_after_batches
        self._bar: Progress | None = None
        self._done = 0
        self._begun = (0.0, 0)
        self._images = 0

    def on_train_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Opens the bar."""
        if not trainer.is_global_zero:
            return
        self._bar = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[losses]}"),
            TextColumn("{task.fields[speed]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            refresh_per_second=4,
        )
        self._bar.start()
        total = int(trainer.num_training_batches) * int(trainer.max_epochs or 1)
        self._done = int(trainer.num_training_batches) * trainer.current_epoch
        self._bar.add_task("", total=total, completed=self._done, epoch="", losses="", speed="")
        self._begun = (time.perf_counter(), self._done)
        self._images = module.images_seen

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Moves the bar."""
        if self._bar is None:
            return
        self._done += 1
        task = self._bar.tasks[0]
        self._bar.advance(task.id)
        since, first = self._begun
        done = self._done - first
        if done == self.estimate_after_batches and task.total:
            left = (time.perf_counter() - since) / done * (task.total - self._done)
            self._bar.console.print(f"At this speed it will take {readable_time(left)}.")
        if done % self.every_n_batches == 0 or done == 1:
            images = module.images_seen - self._images
            per_second = images / (time.perf_counter() - since)
            losses = "  ".join(f"{name} {value:.3f}" for name, value in module.losses.items())
            self._bar.update(
                task.id,
                epoch=f"{trainer.current_epoch + 1}/{trainer.max_epochs}",
                losses=losses,
                speed=f"{per_second:.0f} images/s",
            )

    def on_train_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Closes the bar."""
        self._close()

    def on_exception(
        self, trainer: lightning.Trainer, module: Any, exception: BaseException
    ) -> None:
        """Closes the bar before the error is printed."""
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def readable_time(seconds: float) -> str:
    """Says a time in the unit in which one would say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
