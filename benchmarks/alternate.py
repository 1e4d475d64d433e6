"""Two ways of doing the same work, in turn, in one process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import lightning


@dataclass
class Rounds:
    """Seconds per unit of work of ours and of theirs, round by round."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """By how much ours is faster: the median over the rounds."""
        return statistics.median(t / o for o, t in zip(self.ours, self.theirs, strict=False))

    def row(self, name: str, unit: str, target: str) -> tuple[str, ...]:
        """A row of the table: name, speeds, ratio with its range, target."""
        ratios = sorted(t / o for o, t in zip(self.ours, self.theirs, strict=False))
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        return (
            name,
            f"{1 / ours:.1f} {unit}/s",
            f"{1 / theirs:.1f} {unit}/s",
            f"{self.ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
            target,
        )


class TakeTurns(lightning.Callback):
    """Hands over to a plain loop after every block of our batches.

    All that lies between two hand-overs counts as ours: loading, logging, progress bar, Lightning.

    Args:
        theirs: runs one batch of the plain loop.
        block: batches in a turn.
        warm_up: turns that are not counted.
        settle: waits until the device has done what it was given.
        of_theirs: batches in a turn of the plain loop; none is ``block``.
    """

    def __init__(
        self,
        theirs: Callable[[], None],
        block: int,
        warm_up: int,
        settle: Callable[[], None] = lambda: None,
        of_theirs: int | None = None,
    ) -> None:
        self.theirs = theirs
        self.block = block
        self.warm_up = warm_up
        self.settle = settle
        self.of_theirs = of_theirs or block
        self.rounds = Rounds()
        self._turn = 0
        self._count = 0
        self._since = 0.0

    def on_train_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Starts our clock."""
        self._since = time.perf_counter()

    def on_train_batch_end(self, *args: Any) -> None:
        """After a block: stops our clock, gives the plain loop its turn, starts ours again."""
        self._count += 1
        if self._count % self.block:
            return
        self.settle()
        ours = (time.perf_counter() - self._since) / self.block
        begun = time.perf_counter()
        for _ in range(self.of_theirs):
            self.theirs()
        self.settle()
        theirs = (time.perf_counter() - begun) / self.of_theirs
        self._turn += 1
        if self._turn > self.warm_up:
            self.rounds.ours.append(ours)
            self.rounds.theirs.append(theirs)
        self._since = time.perf_counter()
