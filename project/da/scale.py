"""DA kind `scale`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from project.da.kind import Transform
from project.da.parameters import Parameters, uniform
from project.da.sampling import sampled
from project.errors import UserError

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Scale(Transform):
    """The image larger or smaller about its middle, mirrored beyond its edges (ADA, Karras 2020).

    Args:
        least: the smallest factor; below 1 images become smaller,
        most: and the largest.

    Raises:
        UserError: they are not above 0, or in another order.
    """

    def __init__(self, *, least: float, most: float) -> None:
        if not 0 < least <= most:
            raise UserError(
                f"da.kinds.scale.least={least} and most={most} are not allowed. Give two numbers "
                "above 0, the smaller one first."
            )
        self.least, self.most = least, most

    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        """Draws the factor."""
        return {"factor": uniform(count, self.least, self.most, rng)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Returns the images as many times as large."""
        step = 1 / parameters["factor"]
        return sampled(images, x=(step, 0, 0), y=(0, step, 0))
