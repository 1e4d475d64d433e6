"""DA kind `flip`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from project.da.kind import Transform
from project.da.parameters import Parameters

if TYPE_CHECKING:
    from torch import Tensor


class Flip(Transform):
    """Left-right flip (Study A, DA kinds)."""

    own_inverse = True

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Returns the images mirrored left to right."""
        return images.flip(3)
