"""Kinds of noise: what the noise label is trained on, and what an inversion may start from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from project.errors import UserError, nearest

GRIDS = (3, 4, 5, 7, 9, 14)  # and the image's own


def coarse_noise(count: int, size: int, rng: torch.Generator) -> Tensor:
    """Draws uniform noise on a grid and enlarges it; which grid, is drawn for each image.

    The finest grid is the image's own: plain uniform pixels.

    Returns:
        ``count x 1 x size x size`` in [0, 1], on the CPU.
    """
    grids = [*(side for side in GRIDS if side < size), size]
    images = torch.empty(count, 1, size, size)
    which = torch.randint(len(grids), (count,), generator=rng)
    for number, side in enumerate(grids):
        rows = which == number
        drawn = torch.rand(int(rows.sum()), 1, side, side, generator=rng)
        if len(drawn):
            images[rows] = F.interpolate(drawn, size=size, mode="bicubic").clamp(0, 1)
    return images


def uniform(digits: Tensor, rng: torch.Generator) -> Tensor:
    """Uniform pixels."""
    return torch.rand(digits.shape, generator=rng)


def coarse(digits: Tensor, rng: torch.Generator) -> Tensor:
    """Uniform pixels and smoothed noise."""
    return coarse_noise(len(digits), digits.shape[-1], rng)


def scaled(digits: Tensor, rng: torch.Generator) -> Tensor:
    """Smoothed noise, darkened by a factor drawn for each image."""
    return coarse(digits, rng) * torch.rand(len(digits), 1, 1, 1, generator=rng)


def blobs(digits: Tensor, rng: torch.Generator) -> Tensor:
    """Smoothed noise through a steep threshold drawn for each image."""
    threshold = 0.4 + 0.4 * torch.rand(len(digits), 1, 1, 1, generator=rng)
    return (coarse(digits, rng) - threshold).mul(12).sigmoid()


def shuffled_pixels(digits: Tensor, rng: torch.Generator) -> Tensor:
    """Digits whose pixels changed places."""
    pixels = digits.flatten(1)
    return pixels[:, torch.randperm(pixels.shape[1], generator=rng)].view_as(digits)


def shuffled_tiles(digits: Tensor, rng: torch.Generator) -> Tensor:
    """Digits cut into 4 or 16 tiles that changed places."""
    side = digits.shape[-1] // (4 if torch.rand((), generator=rng) < 0.5 else 2)
    tiles = F.unfold(digits, side, stride=side)
    order = torch.randperm(tiles.shape[-1], generator=rng)
    return F.fold(tiles[..., order], digits.shape[-1], side, stride=side)


def mixed(digits: Tensor, rng: torch.Generator) -> Tensor:
    """Two digits over each other, or the mean of them."""
    others = digits[torch.randperm(len(digits), generator=rng)]
    over = torch.rand((), generator=rng) < 0.5
    return torch.maximum(digits, others) if over else (digits + others) / 2


KINDS: dict[str, Callable[[Tensor, torch.Generator], Tensor]] = {
    kind.__name__: kind
    for kind in (uniform, coarse, scaled, blobs, shuffled_pixels, shuffled_tiles, mixed)
}


class NoiseKinds:
    """Noise of several kinds; which one, is drawn for each image.

    Args:
        kinds: names from ``KINDS``.

    Raises:
        UserError: there is none, or one is unknown.
    """

    def __init__(self, *, kinds: Sequence[str]) -> None:
        for kind in kinds:
            if kind not in KINDS:
                raise UserError(f"module.noise.kinds names '{kind}'. {nearest(str(kind), KINDS)}")
        if not kinds:
            raise UserError(
                "module.noise.kinds is empty. Name a kind of noise, or switch the noise label off "
                "with module.noise=null."
            )
        self.kinds = tuple(kinds)

    def draw(self, digits: Tensor, rng: torch.Generator) -> Tensor:
        """Draws as many noise images as there are digits.

        Args:
            digits: ``N x 1 x H x W`` in [0, 1]; some kinds are made of them.
            rng: a generator of the CPU.

        Returns:
            ``N x 1 x H x W`` in [0, 1], on the digits' device.
        """
        given = digits.detach().cpu()
        which = torch.randint(len(self.kinds), (len(given),), generator=rng)
        images = torch.empty_like(given)
        for number, kind in enumerate(self.kinds):
            rows = which == number
            if rows.any():
                # Of all digits, so that even a single image finds others to be mixed with.
                images[rows] = KINDS[kind](given, rng)[rows]
        return images.to(digits.device)
