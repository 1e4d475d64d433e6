"""Moving images by a few pixels."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def shift(images: Tensor, pixels: int, rng: torch.Generator) -> Tensor:
    """Moves all images together by up to ``pixels`` in each direction; black follows.

    One draw for all: what is drawn does not depend on how many images there are.

    Args:
        images: ``N x 1 x H x W``, on any device.
        pixels: at most; 0 draws nothing and returns the images.
        rng: a generator of the CPU.
    """
    if pixels == 0:
        return images
    down, right = torch.randint(2 * pixels + 1, (2,), generator=rng).tolist()
    height, width = images.shape[2:]
    framed = F.pad(images, (pixels,) * 4)
    return framed[:, :, down : down + height, right : right + width]


def shift_each(images: Tensor, pixels: int) -> Tensor:
    """Moves every image by itself by up to ``pixels`` in each direction; black follows.

    Args:
        images: ``m x 1 x H x W``.
        pixels: at most; 0 draws nothing and returns the images.
    """
    if pixels == 0:
        return images
    count, _, height, width = images.shape
    framed = F.pad(images, (pixels,) * 4)
    draw = torch.randint(2 * pixels + 1, (2, count, 1), device=images.device)
    down = draw[0] + torch.arange(height, device=images.device)
    right = draw[1] + torch.arange(width, device=images.device)
    each = torch.arange(count, device=images.device)[:, None, None]
    return framed[each, 0, down[:, :, None], right[:, None, :]][:, None]
