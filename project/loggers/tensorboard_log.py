"""Curves and pictures in TensorBoard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_only
from PIL import Image

from project.loggers.csv_log import STEP

FOLDER = "tensorboard"


class TensorBoardLog(TensorBoardLogger):
    """Event files in ``<run>/tensorboard``, curves over batches: ``tensorboard --logdir outputs``.

    Args:
        save_dir: the run folder.
    """

    def __init__(self, *, save_dir: str | Path) -> None:
        super().__init__(save_dir=str(save_dir), name="", version=FOLDER, default_hp_metric=False)

    @rank_zero_only
    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """The resolved config stands beside these files already."""

    @rank_zero_only
    def save(self) -> None:
        """Writes what is still in memory."""
        self.experiment.flush()

    @rank_zero_only
    def log_image(self, key: str, images: list[str], step: int) -> None:
        """Logs picture files.

        Args:
            key: under which they stand.
            images: their paths.
            step: number of batches trained.
        """
        for path in images:
            with Image.open(path) as picture:
                pixels = np.asarray(picture.convert("RGB"))
            self.experiment.add_image(key, pixels, step, dataformats="HWC")

    @rank_zero_only
    def replay(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Has TensorBoard drop what was logged after the batch at which a resumed run goes on.

        Args:
            rows: of ``metrics.csv`` up to there.
        """
        # A file that begins with a purge hides the later steps of the files before it.
        self._kwargs["purge_step"] = int(rows[-1][STEP]) + 1 if rows else 0
