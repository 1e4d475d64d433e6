"""From a network's range to the bytes that are looked at, scored and saved, and back."""

from __future__ import annotations

import torch
from torch import Tensor

from project.errors import UserError


def to_uint8(images: Tensor, black: float, white: float) -> Tensor:
    """Maps pixels to bytes, rounding to the nearest and clamping what lies outside.

    Args:
        images: ``N x C x H x W``, float.
        black: the value that becomes 0.
        white: the value that becomes 255.

    Returns:
        ``N x C x H x W``, uint8, on the same device.

    Raises:
        UserError: a pixel is NaN, which no byte can say.
    """
    pixels = images.detach().float()
    if bool(torch.isnan(pixels).any()):
        bad = int(torch.isnan(pixels).flatten(1).any(dim=1).sum())
        raise UserError(
            f"{bad} of {len(pixels)} generated images hold NaN pixels: the training diverged. "
            "Try a lower learning rate, such as module.d_optimizer.lr=1e-4."
        )
    return pixels.sub(black).mul(255 / (white - black)).round_().clamp_(0, 255).byte()


def from_uint8(images: Tensor, black: float, white: float) -> Tensor:
    """Maps bytes ``N x C x H x W`` to floats, 0 to ``black`` and 255 to ``white``."""
    return images.float().mul_((white - black) / 255).add_(black)
