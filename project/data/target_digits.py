"""Which digits an inversion is to find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np

from project.data.source import ImageSet
from project.errors import UserError


class TargetDigits:
    """The digits to be found; torch-free, so that a slip is answered before any training.

    Args:
        target: a digit, a list of digits, or ``all``.
        n_per_digit: images of each.
        classes: digits that there are, the noise label not counted.

    Attributes:
        digits: the target digits.

    Raises:
        UserError: a target is none of the digits, or there is nothing to find.
    """

    def __init__(
        self,
        *,
        target: int | str | Sequence[int],
        n_per_digit: int,
        classes: int,
    ) -> None:
        self.digits = _read(target, classes)
        if isinstance(n_per_digit, bool) or not isinstance(n_per_digit, int) or n_per_digit < 1:
            raise UserError(
                f"n_per_digit={n_per_digit} is not allowed. Give a whole number from 1."
            )
        self.n_per_digit = n_per_digit
        self.classes = classes

    def check(self, images: ImageSet) -> None:
        """Checks that the digits are among the images.

        Args:
            images: that the classifier was, or is to be, trained on.

        Raises:
            UserError: one is not, or the images have no digits.
        """
        if images.label_names != ("digit",):
            raise UserError(
                "The inversion needs images with a class each, but these have "
                f"{', '.join(images.label_names) or 'no labels'}. Allowed: data=mnist, digits."
            )
        there = [int(c) for c in np.unique(images.labels)]
        for digit in self.digits:
            if digit not in there:
                raise UserError(
                    f"target={digit} is not among the images, so no classifier learns it. "
                    f"Allowed: a list of {', '.join(map(str, there))}; or data.digits=all."
                )


def _read(target: int | str | Sequence[int], classes: int) -> list[int]:
    if target == "all":
        return list(range(classes))
    # Not by type hints alone: a command line may hold anything.
    digits: list[Any] = list(target) if _is_list(target) else [target]
    for digit in digits:
        if isinstance(digit, bool) or not isinstance(digit, int) or not 0 <= digit < classes:
            raise UserError(
                f"target={digit} is no digit. Allowed: 0 to {classes - 1}, a list such as [0,3], "
                "or all."
            )
    if not digits or len(set(digits)) < len(digits):
        raise UserError(f"target={digits} must name each digit once, such as [0,3], or all.")
    return [int(digit) for digit in digits]


def _is_list(target: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(target, Sequence) and not isinstance(target, str)
