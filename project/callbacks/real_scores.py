"""What real images score, told to loggers that have a place for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from lightning import Callback, LightningModule, Trainer

REAL = ("references", "reference")  # of a result


@runtime_checkable
class HasResult(Protocol):
    """A callback with something to say in ``result.json``."""

    def result(self) -> dict[str, Any]:
        """Returns it, by key."""


@runtime_checkable
class HasSummary(Protocol):
    """A logger with a place for values that have no course."""

    def log_summary(self, values: Mapping[str, float]) -> None:
        """Takes them."""


class RealScores(Callback):
    """Puts the real images' scores into the loggers' summaries, as ``real/<network>/...``."""

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Asks the callbacks that scored, and tells the loggers."""
        found: dict[str, float] = {}
        for callback in trainer.callbacks:  # type: ignore[attr-defined]
            if isinstance(callback, HasResult):
                result = callback.result()
                for key in REAL:
                    found |= dict(flat(result.get(key, {}), "real"))
        for logger in trainer.loggers:
            if found and isinstance(logger, HasSummary):
                logger.log_summary(found)


def flat(values: Mapping[str, Any], place: str) -> Iterator[tuple[str, float]]:
    """Yields nested numbers with the path to each."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{place}/{name}")
        elif isinstance(value, int | float):
            yield f"{place}/{name}", value
