"""What callbacks ask of the module that they watch, and how they log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lightning import Trainer
    from torch import Tensor


# Whose images are scored -> where their scores stand in result.json.
WEIGHTS = {"generator": "scores", "average": "scores_average"}


class Counts(Protocol):
    """A module that counts what it has trained on."""

    batches: int
    images_seen: int
    losses: dict[str, Tensor]


class Generates(Protocol):
    """A module with a generator and its moving average."""

    batches: int

    def sample_sources(self, count: int, seed: int) -> Tensor:
        """Returns ``count`` sources, the same for the same seed."""

    def generate(self, sources: Tensor, weights: str, batch_size: int) -> Iterator[Tensor]:
        """Yields uint8 images of ``generator`` or of its moving ``average``."""

    def shown(self, sources: Tensor, images: Tensor) -> Tensor:
        """Returns what of sources and images is put into pictures."""


def log(trainer: Trainer, values: Mapping[str, float], batches: int) -> None:
    """Sends values to every logger, with the epoch that they are of.

    Args:
        trainer: with the loggers.
        values: by name.
        batches: trained so far.
    """
    for logger in trainer.loggers:
        logger.log_metrics({"epoch": trainer.current_epoch, **values}, step=batches)
