"""How strong a DA kind may be."""

from __future__ import annotations

from project.errors import UserError

GREY = 127.5  # what lies beyond the edge of a moved image, or in a hole: neither black nor white


def check_share(key: str, value: float) -> float:
    """Returns a strength, which is a share.

    Args:
        key: its place below ``da.kinds``.
        value: from 0 to 1.

    Raises:
        UserError: it is no such number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise UserError(f"da.kinds.{key}={value} is not allowed. Give a number from 0 to 1.")
    return value
