"""DA kind `vflip`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from project.da.kind import Transform


class VFlip(Transform):
    """Up-down flip (Study A, DA kinds)."""

    def apply(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Returns the images turned upside down, as in a mirror lying on the floor."""
        return np.ascontiguousarray(images[:, :, ::-1, :])
