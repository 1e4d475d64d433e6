"""DA kind `cutout`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from project.da.kind import Transform
from project.da.parameters import Parameters, per_image, uniform
from project.da.strengths import GREY, check_share

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Cutout(Transform):
    """A grey square somewhere in the image (DiffAugment, Zhao et al. 2020).

    Args:
        side: of the square, as a share of the image's; near an edge a part of it lies outside.

    Raises:
        UserError: it is not between 0 and 1.
    """

    def __init__(self, *, side: float) -> None:
        self.side = check_share("cutout.side", side)

    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        """Draws the middle of the square: 0 is left or top, 1 right or bottom."""
        return {axis: uniform(count, 0, 1, rng) for axis in ("x", "y")}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Returns the images with their squares grey."""
        import torch

        def within(axis: str, length: int) -> Tensor:
            places = (torch.arange(length, device=images.device) + 0.5) / length
            return (places - per_image(parameters[axis], images)).abs() < self.side / 2

        height, width = images.shape[2:]
        hole = within("y", height).view(-1, 1, height, 1) & within("x", width)
        return torch.where(hole, GREY, images)
