"""DA kind `invert`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from project.da.kind import Transform
from project.da.parameters import Parameters

if TYPE_CHECKING:
    from torch import Tensor


class Invert(Transform):
    """Negative-positive inversion: ``255 - I`` (Study A, DA kinds)."""

    own_inverse = True

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Returns the negatives."""
        return 255 - images
