"""DA kind `colour`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from project.da.kind import Transform
from project.da.parameters import Parameters, per_image, uniform
from project.da.strengths import check_share

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Colour(Transform):
    """Brightness, saturation and contrast (DiffAugment, Zhao et al. 2020).

    Args:
        brightness: at most so much is added to all pixels or taken away, as a share of white.
        saturation: colours move away from their pixel's mean by 1 - saturation to 1 + saturation,
        contrast: pixels from their image's mean by 1 - contrast to 1 + contrast.

    Raises:
        UserError: a strength is not between 0 and 1.
    """

    def __init__(self, *, brightness: float, saturation: float, contrast: float) -> None:
        self.brightness = check_share("colour.brightness", brightness)
        self.saturation = check_share("colour.saturation", saturation)
        self.contrast = check_share("colour.contrast", contrast)

    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        """Draws what is added, and the two factors."""
        return {
            "brightness": uniform(count, -self.brightness, self.brightness, rng),
            "saturation": uniform(count, 1 - self.saturation, 1 + self.saturation, rng),
            "contrast": uniform(count, 1 - self.contrast, 1 + self.contrast, rng),
        }

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Returns the images brighter, then more colourful, then with more contrast, or less."""
        images = images + 255 * per_image(parameters["brightness"], images)
        grey = images.mean(dim=1, keepdim=True)
        images = grey + per_image(parameters["saturation"], images) * (images - grey)
        mean = images.mean(dim=(1, 2, 3), keepdim=True)
        return mean + per_image(parameters["contrast"], images) * (images - mean)
