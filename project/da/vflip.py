"""DA kind `vflip`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from project.da.kind import Transform
from project.da.parameters import Parameters

if TYPE_CHECKING:
    from torch import Tensor


class VFlip(Transform):
    """Up-down flip (Study A, DA kinds)."""

    own_inverse = True

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Returns the images turned upside down, as in a mirror lying on the floor."""
        return images.flip(2)
