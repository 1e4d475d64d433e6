"""When a callback that works every k epochs is due."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lightning import Trainer

TINY = 1e-9  # by which a third of 300 may fall short of 100, or 21 be more than 15 times 28 / 20


def due(trainer: Trainer, every_n_epochs: float) -> bool:
    """Says whether the epoch that ends now is a k-th one, or the last.

    Args:
        trainer: in its epoch's end.
        every_n_epochs: k; 0 means the last alone. Where it is no whole number, multiples of it are
            rounded down.
    """
    return falls_due(trainer.current_epoch + 1, trainer.max_epochs or 0, every_n_epochs)


def falls_due(epoch: int, epochs: int, every_n_epochs: float) -> bool:
    """Says whether an epoch, counted from 1, is a k-th one, or the last of so many.

    Args:
        epoch: which.
        epochs: in the whole training.
        every_n_epochs: k, as above.
    """
    if epoch == epochs or every_n_epochs <= 0:
        return epoch == epochs
    return math.floor(math.ceil(epoch / every_n_epochs - TINY) * every_n_epochs + TINY) == epoch
