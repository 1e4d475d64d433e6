"""Data sets whose images are picture files."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from project.data.image_files import CorruptImageError, identity, read_image, shorter_side
from project.data.source import ImageSource

THREADS = 8


class PictureFiles(ImageSource):
    """A data set of one picture file for each image; a subclass sets ``paths``, too."""

    paths: Sequence[Path]

    def file(self, index: int) -> Path | bytes:
        """Gives what an image reader reads of image ``index``."""
        return self.paths[index]

    def file_identity(self, index: int) -> str:
        """Says which version of image ``index``'s file this is."""
        return identity(self.paths[index])

    def decode(self, index: int) -> NDArray[np.uint8]:
        """Decodes image ``index`` to ``C x size x size``, uint8."""
        return read_image(self.file(index), self.size, self.channels, self.names[index])

    def shorter_sides(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Reads the shorter sides of pictures in pixels out of their headers, 0 of corrupt ones."""
        with ThreadPoolExecutor(THREADS) as pool:
            return np.fromiter(pool.map(self._shorter_side, indices.tolist()), np.int64)

    def _shorter_side(self, index: int) -> int:
        try:
            return shorter_side(self.file(index))
        except CorruptImageError:  # of a damaged archive
            return 0
