"""How the probability of the DA kinds follows the discriminator."""

from __future__ import annotations

from dataclasses import dataclass

from project.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Adaptive:
    """The rule of ADA (Karras et al. 2020): augment more, the surer D is of real images.

    Attributes:
        target: of r, the mean sign of D's outputs on real images: 0 for a D that cannot tell, 1 for
            one that has learned them by heart. Above it p rises, below it p falls.
        kimg: thousands of real images shown, in which p goes from 0 to 1.
        every: batches that r is taken over, and between two changes of p.
    """

    target: float
    kimg: float
    every: int

    def __post_init__(self) -> None:
        """Checks the values.

        Raises:
            UserError: one is not allowed.
        """
        for key, value, good, allowed in (
            ("target", self.target, -1 < self.target < 1, "a number between -1 and 1"),
            ("kimg", self.kimg, self.kimg > 0, "a number above 0"),
            ("every", self.every, self.every >= 1 and self.every % 1 == 0, "a whole number from 1"),
        ):
            if not good:
                raise UserError(f"da.adaptive.{key}={value} is not allowed. Give {allowed}.")
