"""What callbacks ask of the module that they watch, and how they log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import torch

from project.metrics.score_names import known

if TYPE_CHECKING:
    from lightning import Trainer
    from torch import Tensor


# Whose images are scored -> where their scores stand in result.json.
WEIGHTS = {"generator": "scores", "average": "scores_average"}


class Choice(NamedTuple):
    """A score by which a checkpoint can be chosen.

    Attributes:
        key: as it is logged.
        weights: whose score it is.
        better: ``higher`` or ``lower``.
    """

    key: str
    weights: str
    better: str


@runtime_checkable
class OffersChoices(Protocol):
    """A callback that scores."""

    def choices(self) -> dict[str, Choice]:
        """Returns its scores of which one way is better, by name."""


class Counts(Protocol):
    """A module that counts what it has trained on."""

    batches: int
    images_seen: int
    losses: dict[str, Tensor]


@runtime_checkable
class TellsClasses(Protocol):
    """A module whose sources are of classes."""

    def classes_of(self, sources: Tensor) -> Tensor:
        """Returns the number of the class of each source."""


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


def log_scores(trainer: Trainer, scores: Mapping[str, float], batches: int) -> None:
    """Logs scores, and lets a checkpoint be chosen by them.

    Args:
        trainer: with the loggers.
        scores: by ``<whose>/<network>/<name>``.
        batches: trained so far.
    """
    trainer.callback_metrics.update(
        {name: torch.tensor(value, dtype=torch.float64) for name, value in scores.items()}
    )
    log(trainer, scores, batches)


def chosen_by(names: Iterable[str], place: str, weights: str) -> dict[str, Choice]:
    """Returns choices by the names of scores that are known.

    Args:
        names: of the scores.
        place: ``<whose>/<network>``.
        weights: whose scores they are.
    """
    return {name: Choice(f"{place}/{name}", weights, known(name).better) for name in names}
