"""Checkpoints that are there whole, or not at all."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.plugins.io import TorchCheckpointIO

from project.replacing import replacing


class WholeCheckpointIO(TorchCheckpointIO):
    """Writes a checkpoint beside the old one, has the disk keep it, and puts it in its place.

    Lightning's own goes by way of the system's temporary folder. Where that is another disk, the
    old checkpoint is emptied before the new one is written, and a kill in between leaves neither.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, storage_options: object = None
    ) -> None:
        """Saves tensors and plain values.

        Args:
            checkpoint: by name.
            path: of the file.
            storage_options: none are known.
        """
        # In memory first: what fails to be written is then an error of the disk, and says so.
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        with replacing(Path(path)) as temporary:
            temporary.write_bytes(buffer.getbuffer())
