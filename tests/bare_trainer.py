"""A trainer, on the CPU unless told otherwise, that trains and does nothing else."""

from __future__ import annotations

from typing import Any

from lightning import Trainer


def bare_trainer(epochs: int, accelerator: str = "cpu", **settings: Any) -> Trainer:
    return Trainer(
        accelerator=accelerator,
        max_epochs=epochs,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **settings,
    )
