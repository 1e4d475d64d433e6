"""What D and G make of D's logits: one class for each adversarial loss."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from project.losses.gan import L_G, L_D_fake, L_D_real


class Adversarial(Protocol):
    """The two losses of a game, on D's logits ``m``.

    One whose D says something of each image by itself has besides ``undecided``: the logit of an
    image that may be either, about which ADA counts signs (``da.p=adaptive``).
    """

    def D(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Returns by name the addends of what D minimises.

        Args:
            real: D(x).
            fake: D(G(z)), as many.
        """

    def G(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Returns what G minimises.

        Args:
            fake: D(G(z)).
            real: gives D(x), as many, without graph, to a loss that compares with it.
        """


class CrossEntropy:
    """Binary cross-entropy, and the non-saturating loss for G (Goodfellow et al. 2014)."""

    undecided = 0.0

    def D(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Cross-entropies on the real and on the generated images."""
        return {"L_D_real": L_D_real(real), "L_D_fake": L_D_fake(fake)}

    def G(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """``-log sigmoid(D(G(z)))``."""
        return L_G(fake)


class LogarithmicError(CrossEntropy):
    """Study C's: cross-entropy for D, the mean squared logarithmic error for G."""

    def G(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """``mean((log(1 + 1) - log(1 + D(G(z))))^2)``, D being a probability here."""
        # In fp32 under AMP as well: bf16 has no digits left near log 2.
        return (math.log(2.0) - torch.log1p(torch.sigmoid(fake.float()))).square().mean()


class Hinge:
    """Hinge loss (Lim, Ye 2017)."""

    undecided = 0.0

    def D(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """What real logits lack to 1, and generated ones exceed -1 by."""
        return {"L_D_real": F.relu(1 - real).mean(), "L_D_fake": F.relu(1 + fake).mean()}

    def G(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """``-D(G(z))``."""
        return -fake.mean()


class LeastSquares:
    """Least squares, with 1 for real and 0 for generated images (Mao et al. 2017).

    G's is halved, as in the paper; D's is halved where a study has it so (`halved`).
    """

    undecided = 0.5

    def D(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Mean squared distances of the logits from 1 and 0."""
        return {"L_D_real": (real - 1).square().mean(), "L_D_fake": fake.square().mean()}

    def G(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Half the mean squared distance from 1."""
        return 0.5 * (fake - 1).square().mean()


class Relativistic:
    """Relativistic pairing: is the one more real than the other (Huang et al. 2024, R3GAN)?"""

    def D(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Softplus of how far generated logits are above real ones, pair by pair."""
        return {"L_D": F.softplus(fake - real).mean()}

    def G(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Softplus of how far real logits are above generated ones."""
        return F.softplus(real() - fake).mean()


def halved(addends: Mapping[str, Tensor]) -> Tensor:
    """Returns half the sum of D's addends: Study C's L_D."""
    return 0.5 * torch.stack([*addends.values()]).sum()
