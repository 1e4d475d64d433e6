"""How the DA images are shared out among the kinds of a policy."""

from __future__ import annotations

from dataclasses import dataclass

from project.errors import UserError


@dataclass(frozen=True)
class Ratio:
    """A proportion ``a:b`` (``a:b:c`` for three kinds).

    Attributes:
        parts: whole numbers, not negative, not all 0.
    """

    parts: tuple[int, ...]

    @classmethod
    def parse(cls, text: object) -> Ratio:
        """Reads ``a:b``.

        Raises:
            UserError: not text (YAML read an unquoted 1:1 as a number), or not whole numbers
                joined by colons, or all of them 0.
        """
        if not isinstance(text, str):
            raise UserError(
                f"ratio={text} is not text such as 1:3: YAML reads an unquoted 1:1 "
                'as a number in base 60. Put it in quotes in the file: ratio: "1:1".'
            )
        parts = text.split(":")
        if not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
            raise UserError(
                f"ratio={text} is not a ratio. Allowed: one whole number per DA kind, joined by "
                "colons, such as 1:1 or 1:3."
            )
        numbers = tuple(int(part) for part in parts)
        if not any(numbers):
            raise UserError(f"ratio={text} gives every DA kind a share of 0. Make one of them 1.")
        return cls(numbers)

    @classmethod
    def equal(cls, count: int) -> Ratio:
        """Equal shares for ``count`` kinds."""
        return cls((1,) * count)

    def shares(self, total: int) -> tuple[int, ...]:
        """Divides ``total`` exactly, by largest remainder; earlier kinds win ties.

        In whole numbers throughout, so that no share is off by a rounding error.
        """
        weight = sum(self.parts)
        counts = [total * part // weight for part in self.parts]
        by_remainder = sorted(
            range(len(self.parts)), key=lambda i: (-(total * self.parts[i] % weight), i)
        )
        for i in by_remainder[: total - sum(counts)]:
            counts[i] += 1
        return tuple(counts)
