"""What every score that is the user's own says of itself, whatever it is a function of."""

from __future__ import annotations

import math
from typing import Protocol

from project.errors import UserError


class OwnScore(Protocol):
    """A score in a file of its own.

    Attributes:
        name: in ``result.json``, in curves and on pages.
        better: ``higher``, ``lower``, or empty where neither is.
        about: what it is, in one sentence.
    """

    name: str
    better: str
    about: str


def told(score: OwnScore) -> dict[str, str]:
    """Returns what ``result.json`` says of a score."""
    return {"better": score.better, "about": score.about}


def number(score: OwnScore, value: float, images: int) -> float:
    """Returns the value of a score for so many images.

    Raises:
        UserError: it is no number.
    """
    value = float(value)
    if not math.isfinite(value):
        raise UserError(
            f"The score {score.name} is {value} for {images} images, which is no number: mend its "
            "__call__."
        )
    return value
