"""The one image size that the digit networks are laid out for."""

from __future__ import annotations

from project.errors import UserError

SIDE = 28


def check_side(size: int) -> None:
    """Checks the side of the images.

    Args:
        size: in pixels.

    Raises:
        UserError: the digit networks are laid out for another.
    """
    if size != SIDE:
        raise UserError(f"size={size} does not fit the digit networks. Allowed: size={SIDE}.")
