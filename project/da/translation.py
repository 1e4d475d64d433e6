"""DA kind `translation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from project.da.kind import Transform
from project.da.parameters import Parameters, per_image, uniform
from project.da.strengths import GREY, check_share

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Translation(Transform):
    """The image moved by whole pixels, grey where it came from (DiffAugment, Zhao et al. 2020).

    Args:
        most: share of width and height by which it is moved at most.

    Raises:
        UserError: it is not between 0 and 1.
    """

    def __init__(self, *, most: float) -> None:
        self.most = check_share("translation.most", most)

    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        """Draws shares of the width (to the right) and of the height (down)."""
        return {axis: uniform(count, -self.most, self.most, rng) for axis in ("x", "y")}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Returns the moved images."""
        import torch

        for axis, dim in (("y", 2), ("x", 3)):
            length = images.shape[dim]
            shape = [1, 1, 1, 1]
            shape[dim] = length
            places = torch.arange(length, device=images.device).view(shape)
            shift = (per_image(parameters[axis], images) * length).round().long()
            origin = places - shift
            inside = (origin >= 0) & (origin < length)
            chosen = origin.clamp(0, length - 1).expand(images.shape)
            images = torch.where(inside, images.gather(dim, chosen), GREY)
        return images
