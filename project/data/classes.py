"""Which of a data set's classes are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from project.errors import UserError


def wanted_classes(digits: Sequence[int] | int | str, classes: NDArray[Any]) -> list[int]:
    """Reads ``data.digits``: ``all``, a class, or a list of classes.

    Args:
        digits: as the user wrote it.
        classes: those of the data, each once.

    Raises:
        UserError: it is empty, or names a class that the data lack.
    """
    there = [int(c) for c in classes]
    if digits == "all":
        return there
    allowed = f"Allowed: all, or a list of {', '.join(map(str, there))}, such as data.digits=[3,8]."
    items = [digits] if isinstance(digits, int | str) else list(digits)
    if not items:
        raise UserError(f"data.digits is an empty list, so no image is left. {allowed}")
    wanted = []
    for item in items:
        # A class may come as 8 or as "8"; True, 8.5 and words are neither.
        if isinstance(item, bool) or not str(item).isdecimal() or int(item) not in there:
            raise UserError(f"data.digits names {item}, a class that the data lack. {allowed}")
        wanted.append(int(item))
    return wanted
