"""DA kind `rotation`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from project.da.kind import Transform
from project.da.parameters import Parameters, uniform
from project.da.sampling import sampled
from project.errors import UserError

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Rotation(Transform):
    """The image turned about its middle, mirrored beyond its edges (ADA, Karras et al. 2020).

    Args:
        degrees: by which it is turned at most, to either side.

    Raises:
        UserError: they are not between 0 and 180.
    """

    def __init__(self, *, degrees: float) -> None:
        if not 0 <= degrees <= 180:
            raise UserError(
                f"da.kinds.rotation.degrees={degrees} is not allowed. Give a number from 0 to 180."
            )
        self.degrees = degrees

    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        """Draws the angle in degrees, counter-clockwise."""
        return {"degrees": uniform(count, -self.degrees, self.degrees, rng)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Returns the turned images."""
        angle = parameters["degrees"] * (math.pi / 180)
        cos, sin = angle.cos(), angle.sin()
        return sampled(images, x=(cos, -sin, 0), y=(sin, cos, 0))
