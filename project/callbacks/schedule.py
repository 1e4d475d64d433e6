"""When a callback that works every k epochs is due."""

from __future__ import annotations

import math

from lightning import Trainer

TINY = 1e-9  # by which a third of 300 may fall short of 100


def due(trainer: Trainer, every_n_epochs: float) -> bool:
    """Says whether the epoch that ends now is a k-th one, or the last.

    Args:
        trainer: in its epoch's end.
        every_n_epochs: k; 0 means the last alone. Where it is no whole number, multiples of it are
            rounded down.
    """
    epoch = trainer.current_epoch + 1
    if epoch == trainer.max_epochs or every_n_epochs <= 0:
        return epoch == trainer.max_epochs
    return math.floor(math.ceil(epoch / every_n_epochs) * every_n_epochs + TINY) == epoch
