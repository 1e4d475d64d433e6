"""DA kind `contrast`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from project.da.kind import Transform
from project.da.parameters import Parameters, per_image, precise, same
from project.errors import UserError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

# ITU-R BT.601, the weights with which colour images are commonly turned grey.
LUMA = (0.299, 0.587, 0.114)


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

    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        """Returns the factor, the same for all images."""
        return {"factor": same(count, self.factor, rng)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Returns ``mean + factor * (I - mean)``."""
        mean = mean_grey(images)
        return mean + per_image(parameters["factor"], images) * (images - mean)


def mean_grey(images: Tensor) -> Tensor:
    """Returns the mean grey of each image, ``m x 1 x 1 x 1``."""
    import torch

    if images.shape[1] == 1:
        grey = images[:, 0]
    elif images.device.type == "cpu" and not images.requires_grad:
        # NumPy's sum of three products is rounded in an order of its own; the images of the study
        # were made with it, and one that lies between two bytes would tip over.
        weights = np.array(LUMA, np.float32)
        grey = torch.from_numpy(np.tensordot(images.numpy(), weights, axes=([1], [0])))
    else:
        grey = sum(weight * images[:, c] for c, weight in enumerate(LUMA))  # type: ignore[assignment]
    return per_image(grey.mean(dim=(1, 2), dtype=precise(grey.device)), images)
