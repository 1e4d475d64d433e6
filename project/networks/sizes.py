"""Sizes that a GAN can have: known without torch, before an image is drawn."""

from __future__ import annotations

from project.errors import UserError

SIZES = (32, 64, 128, 256)


def check_size(size: int) -> None:
    """Checks the side of the images in pixels.

    Raises:
        UserError: no GAN is of that size.
    """
    if size not in SIZES:
        raise UserError(f"size={size} is not a GAN's. Allowed: {', '.join(map(str, SIZES))}.")
