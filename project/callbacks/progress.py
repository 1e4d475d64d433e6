"""What the user watches: one bar over the whole training."""

from __future__ import annotations

import time

from lightning import Callback, LightningModule, Trainer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column

from project.callbacks.watched import Counts
from project.datamodules.batches import total_batches
from project.runs.duration import readable_time

# Where no bar can move, as in a log file, so many lines stand for it.
LINES = 10


class ProgressBar(Callback):
    """Shows epoch, losses, images per second and the time left; says early how long it will take.

    Args:
        every_n_batches: how often the losses are read, which makes the step wait for them.
        estimate_after_batches: after how many batches the whole time is estimated.
        module: what is trained.
    """

    def __init__(
        self, *, every_n_batches: int, estimate_after_batches: int, module: Counts
    ) -> None:
        self.module = module
        self.every_n_batches = every_n_batches
        self.estimate_after_batches = estimate_after_batches
        self._bar: Progress | None = None
        self._done = 0
        self._begun = (0.0, 0)
        self._images = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Opens the bar."""
        if not trainer.is_global_zero:
            return
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(bar_width=8),
            # The one that gives way: on a narrow screen its end is cut, never the time left.
            TextColumn("{task.fields[doing]}", table_column=Column(ratio=1, overflow="ellipsis")),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console,
            disable=not console.is_terminal,  # in a log file lines stand for it
            expand=True,
            refresh_per_second=4,
        )
        self._bar.start()
        total = total_batches(trainer)
        self._done = self.module.batches
        self._bar.add_task("", total=total, completed=self._done, epoch="", doing="", speed="")
        self._begun = (time.perf_counter(), self._done)
        self._images = self.module.images_seen

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
    ) -> None:
        """Moves the bar."""
        if self._bar is None:
            return
        self._done += 1
        task = self._bar.tasks[0]
        self._bar.advance(task.id)
        since, first = self._begun
        done, took = self._done - first, time.perf_counter() - since
        total = int(task.total or 1)
        epoch = f"{trainer.current_epoch + 1}/{trainer.max_epochs}"
        early = done == self.estimate_after_batches
        if early or self._is_told(total):
            left = readable_time(took / done * (total - self._done))
            told = f"At this speed it will take {left}." if early else f"epoch {epoch}, {left} left"
            self._bar.console.print(told)
        if done % self.every_n_batches == 0 or done == 1:
            images = self.module.images_seen - self._images
            losses = (
                f"{name.removeprefix('L_')} {v:.2f}" for name, v in self.module.losses.items()
            )
            self._bar.update(
                task.id,
                epoch=epoch,
                doing=" ".join(losses),
                speed=f"{images / took:.0f} img/s",
            )

    def _is_told(self, total: int) -> bool:
        """Whether a line stands for the bar now: where it cannot move, after each tenth."""
        if self._bar is None or self._bar.console.is_terminal:
            return False
        before, now = ((done * LINES) // total for done in (self._done - 1, self._done))
        return before < now < LINES

    def show(self, doing: str) -> None:
        """Shows what is done between two batches, in the place of the losses."""
        if self._bar is not None:
            self._bar.update(self._bar.tasks[0].id, doing=doing, refresh=True)
            if not self._bar.console.is_terminal:
                self._bar.console.print(doing)

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Closes the bar, once all that is done at the end of the training is done."""
        self._close()

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        """Closes the bar before the error is printed."""
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def tell(trainer: Trainer, doing: str) -> None:
    """Has the bar, where there is one, show what takes long and trains nothing.

    Args:
        trainer: whose callbacks the bar is among.
        doing: such as ``scoring 1000 images``.
    """
    for callback in trainer.callbacks:  # type: ignore[attr-defined]
        if isinstance(callback, ProgressBar):
            callback.show(doing)
