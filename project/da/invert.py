"""DA kind `invert`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from project.da.kind import Transform


class Invert(Transform):
    """Negative-positive inversion: ``255 - I`` (Study A, DA kinds)."""

    def apply(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Returns the negatives."""
        return 255 - images
