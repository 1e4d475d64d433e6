"""DA kind `contrast`."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from project.da.kind import Transform
from project.errors import UserError

# ITU-R BT.601, the weights with which colour images are commonly turned grey.
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


class Contrast(Transform):
    """Contrast: pixels move away from their image's mean grey (Study A, DA kinds).

    Args:
        factor: by how much; 1 changes nothing, 0 leaves the mean grey.

    Raises:
        UserError: the factor is negative.
    """

    def __init__(self, *, factor: float) -> None:
        if not isinstance(factor, int | float) or not 0 <= factor < math.inf:
            raise UserError(
                f"da.kinds.contrast.factor={factor} is not allowed. Allowed: 0 or more."
            )
        self.factor = factor

    def parameters(self) -> dict[str, object]:
        """Returns the factor."""
        return {"factor": self.factor}

    def apply(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Returns ``mean + factor * (I - mean)``, rounded and clipped to [0, 255]."""
        values = images.astype(np.float32)
        if images.shape[1] == 3:
            grey = np.tensordot(values, LUMA, axes=([1], [0]))
        else:
            grey = values.mean(axis=1)
        mean = grey.mean(axis=(1, 2), dtype=np.float64).astype(np.float32)[:, None, None, None]
        stretched = mean + np.float32(self.factor) * (values - mean)
        rounded: NDArray[np.uint8] = np.clip(np.rint(stretched), 0, 255).astype(np.uint8)
        return rounded
