"""DA kind `flip`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from project.da.kind import Transform


class Flip(Transform):
    """Left-right flip (Study A, DA kinds)."""

    def apply(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Returns the images mirrored left to right."""
        return np.ascontiguousarray(images[:, :, :, ::-1])
