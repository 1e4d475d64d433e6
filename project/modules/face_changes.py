"""Changes of a face that leave its attributes as they are: what a classifier is to look past."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.transforms.v2.functional import gaussian_blur

from project.modules.jitter import shift

TINY = 1e-3  # pixels: a Gaussian of no width is none


def up_to(most: float, *shape: int) -> Tensor:
    """Draws evenly from ``-most`` to ``most``, on the CPU."""
    return most * (2 * torch.rand(*shape) - 1)


class Shifted:
    """Mirrors half of the images, moves all by one step, and makes each brighter or darker.

    Args:
        pixels: that a batch is moved by at most.
        brightness: share that an image is made brighter or darker by at most.
    """

    def __init__(self, *, pixels: int, brightness: float) -> None:
        self.pixels = pixels
        self.brightness = brightness

    def __call__(self, images: Tensor) -> Tensor:
        """Maps ``m x 3 x H x W`` in [0, 1] to the same."""
        mirrored = torch.rand(len(images), 1, 1, 1) < 0.5
        factor = 1 + up_to(self.brightness, len(images), 1, 1, 1)
        images = torch.where(mirrored.to(images.device), images.flip(3), images)
        moved = shift(images, self.pixels, torch.default_generator)
        return (moved * factor.to(images.device)).clamp(0, 1)


class Warped:
    """Mirrors half of the images; turns, enlarges, moves and lights each by itself.

    What lies beyond an edge is what lies before it, mirrored.

    Args:
        degrees: that an image is turned by at most.
        zoom: share that it is enlarged or made smaller by at most.
        move: share of its side that it is moved by at most.
        contrast: share that its contrast is changed by at most.
        brightness: share of white that is added or taken at most.
    """

    def __init__(
        self, *, degrees: float, zoom: float, move: float, contrast: float, brightness: float
    ) -> None:
        self.radians = math.radians(degrees)
        self.zoom = zoom
        self.move = move
        self.contrast = contrast
        self.brightness = brightness

    def __call__(self, images: Tensor) -> Tensor:
        """Maps ``m x 3 x H x W`` in [0, 1] to the same."""
        count = len(images)
        turn = up_to(self.radians, count)
        scale = 1 + up_to(self.zoom, count)
        # Sampling grids go from -1 to 1: a side is 2.
        right, down = up_to(2 * self.move, 2, count)
        mirror = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
        cos, sin = scale * turn.cos(), scale * turn.sin()
        rows = [
            torch.stack(row, 1) for row in ((mirror * cos, -sin, right), (mirror * sin, cos, down))
        ]
        grid = F.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
        warped = F.grid_sample(
            images, grid.to(images.device), padding_mode="reflection", align_corners=False
        )
        factor = 1 + up_to(self.contrast, count, 1, 1, 1).to(images.device)
        light = up_to(self.brightness, count, 1, 1, 1).to(images.device)
        return ((warped - 0.5) * factor + 0.5 + light).clamp(0, 1)


class Tinted:
    """Makes the colours of each image stronger or weaker, and each channel brighter or darker.

    A network that sees the same face in many colours looks at its shape.

    Args:
        saturation: share that an image's colours are made stronger or weaker by at most.
        gain: share that a channel is made brighter or darker by at most.
        light: share of white that is added to a channel or taken from it at most.
    """

    def __init__(self, *, saturation: float, gain: float, light: float) -> None:
        self.saturation = saturation
        self.gain = gain
        self.light = light

    def __call__(self, images: Tensor) -> Tensor:
        """Maps ``m x 3 x H x W`` in [0, 1] to the same."""
        count = len(images)
        strength = (1 + up_to(self.saturation, count, 1, 1, 1)).to(images.device)
        gain = (1 + up_to(self.gain, count, 3, 1, 1)).to(images.device)
        light = up_to(self.light, count, 3, 1, 1).to(images.device)
        grey = images.mean(1, keepdim=True)
        return (gain * (grey + strength * (images - grey)) + light).clamp(0, 1)


class Artefacts:
    """Does to some images what generators do to theirs: blur, noise, and a tile repeated over it.

    Transposed convolutions leave such tiles (Odena 2016). A classifier that has seen photographs
    alone takes them for a beard.

    Args:
        p: probability that an image is changed, in [0, 1).
        blur: standard deviation of the widest blur, in pixels.
        noise: standard deviation of the strongest noise.
        tile: that of the strongest tile's values.
    """

    def __init__(self, *, p: float, blur: float, noise: float, tile: float) -> None:
        self.p = p
        self.blur = blur
        self.noise = noise
        self.tile = tile

    def __call__(self, images: Tensor) -> Tensor:
        """Maps ``m x 3 x H x W`` in [0, 1] to the same."""
        hit = (torch.rand(len(images), 1, 1, 1) < self.p).float()
        strengths = (hit * torch.rand(3, *hit.shape)).to(images.device)
        blur, noise, tile = strengths.unbind(0)
        sigma = max(self.blur * float(torch.rand(())), TINY)
        changed: Tensor = images + blur * (gaussian_blur(images, [9, 9], [sigma, sigma]) - images)
        changed = changed + self.noise * noise * torch.randn_like(images)
        side = int(2 ** torch.randint(1, 4, ()))
        one = torch.randn(*images.shape[:2], side, side).to(images.device)
        height, width = images.shape[2:]
        over = one.repeat(1, 1, -(-height // side), -(-width // side))[:, :, :height, :width]
        return (changed + self.tile * tile * over).clamp(0, 1)


class InTurn:
    """Makes several changes, one after the other.

    Args:
        changes: by name, in their order.
    """

    def __init__(self, *, changes: Mapping[str, Callable[[Tensor], Tensor]]) -> None:
        self.changes = changes

    def __call__(self, images: Tensor) -> Tensor:
        """Maps ``m x 3 x H x W`` in [0, 1] to the same."""
        for change in self.changes.values():
            images = change(images)
        return images
