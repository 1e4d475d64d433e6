"""When a callback that works every k epochs is due."""

from __future__ import annotations

import lightning


def due(trainer: lightning.Trainer, every_n_epochs: int) -> bool:
    """Says whether the epoch that ends now is a k-th one, or the last.

    Args:
        trainer: in its epoch's end.
        every_n_epochs: k; 0 means the last alone.
    """
    epoch = trainer.current_epoch + 1
    return epoch == trainer.max_epochs or (every_n_epochs > 0 and epoch % every_n_epochs == 0)
