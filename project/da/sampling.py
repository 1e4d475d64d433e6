"""Images looked up at other points: crops, enlargements, rotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def sampled(
    images: Tensor,
    *,
    x: tuple[Tensor | float, Tensor | float, Tensor | float],
    y: tuple[Tensor | float, Tensor | float, Tensor | float],
) -> Tensor:
    """Looks up each pixel of the result in the image, between pixels in proportion.

    Left edge and top are -1, right edge and bottom 1. Beyond its edges an image is mirrored.

    Args:
        images: ``m x C x H x W``, float.
        x: ``a, b, c``, numbers or m of them: the point (x, y) is looked up at ``a x + b y + c``
            across
        y: and, with three of its own, at ``a x + b y + c`` down.

    Returns:
        ``m x C x H x W``.
    """
    import torch
    from torch.nn import functional as F

    if not len(images):
        return images
    ones = images.new_ones(len(images))
    columns = [ones * (v.to(images) if isinstance(v, torch.Tensor) else v) for v in (*x, *y)]
    grid = F.affine_grid(torch.stack(columns, 1).view(-1, 2, 3), list(images.shape), False)
    return F.grid_sample(images, grid, "bilinear", "reflection", False)
