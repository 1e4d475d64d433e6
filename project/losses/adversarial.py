"""What D and G make of D's logits: one class for each adversarial loss (Study C)."""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from project.losses.gan import L_G, L_D_fake, L_D_real


class Adversarial(Protocol):
    """The two losses of a game; D's is half the sum over its real and its generated images."""

    def D(self, real: Tensor, fake: Tensor) -> Tensor:
        """What D minimises, from its logits on real and generated images."""

    def G(self, fake: Tensor) -> Tensor:
        """What G minimises, from D's logits on generated images."""


class CrossEntropy:
    """Binary cross-entropy, and the non-saturating loss for G."""

    def D(self, real: Tensor, fake: Tensor) -> Tensor:
        """Mean of the cross-entropies on the real and on the generated images."""
        return 0.5 * (L_D_real(real) + L_D_fake(fake))

    def G(self, fake: Tensor) -> Tensor:
        """``-log sigmoid(D(G(x)))``."""
        return L_G(fake)


class LogarithmicError(CrossEntropy):
    """The study's: cross-entropy for D, the mean squared logarithmic error for G."""

    def G(self, fake: Tensor) -> Tensor:
        """``mean((log(1 + 1) - log(1 + D(G(x))))^2)``, D being a probability here."""
        # In fp32 under AMP as well: bf16 has no digits left near log 2.
        return (math.log(2.0) - torch.log1p(torch.sigmoid(fake.float()))).square().mean()


class Hinge:
    """Hinge loss."""

    def D(self, real: Tensor, fake: Tensor) -> Tensor:
        """Half the means of what real logits lack to 1, and generated ones exceed -1 by."""
        return 0.5 * (F.relu(1 - real).mean() + F.relu(1 + fake).mean())

    def G(self, fake: Tensor) -> Tensor:
        """``-D(G(x))``."""
        return -fake.mean()


class LeastSquares:
    """Least squares, with 1 for real and 0 for generated images."""

    def D(self, real: Tensor, fake: Tensor) -> Tensor:
        """Half the mean squared distances of the logits from 1 and 0."""
        return 0.5 * ((real - 1).square().mean() + fake.square().mean())

    def G(self, fake: Tensor) -> Tensor:
        """Half the mean squared distance from 1."""
        return 0.5 * (fake - 1).square().mean()


def R1(D_real: Tensor, real: Tensor) -> Tensor:
    """Half the squared gradient of D at the real images, mean over the images (Mescheder 2018).

    Args:
        D_real: D's logits on the real images, with their graph.
        real: the images, ``m x C x H x W``, that gradients reach.
    """
    (gradient,) = torch.autograd.grad(D_real.sum(), real, create_graph=True)
    return 0.5 * gradient.square().flatten(1).sum(1).mean()
