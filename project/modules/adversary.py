"""The adversary that a robust classifier is trained against."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# A step overshoots the share of the radius that it would need, so that the edge is reached.
OVERSHOOT = 2.5
TINY = 1e-9


def lengths(images: Tensor) -> Tensor:
    """Returns the L2 norm of each image, ``N x 1 x 1 x 1``, never quite 0."""
    return images.square().sum((1, 2, 3), keepdim=True).sqrt().clamp(min=TINY)


class PGD:
    """Projected gradient descent in L2 (Madry et al. 2018): the worst image near a given one.

    Args:
        eps: radius in L2.
        steps: gradient steps.
    """

    def __init__(self, *, eps: float, steps: int) -> None:
        self.eps = eps
        self.steps = steps

    def attack(
        self, network: nn.Module, images: Tensor, labels: Tensor, eps: float, rng: torch.Generator
    ) -> Tensor:
        """Moves each image, within ``eps``, to where the network is most wrong about it.

        Args:
            network: images -> logits; frozen.
            images: ``N x 1 x H x W`` in [0, 1].
            labels: ``N``, int64.
            eps: radius.
            rng: a generator of the CPU.

        Returns:
            ``N x 1 x H x W`` in [0, 1], without graph.
        """
        away = torch.randn(images.shape, generator=rng)
        away *= eps * torch.rand(len(images), 1, 1, 1, generator=rng) / lengths(away)
        away = away.to(images.device)
        for _ in range(self.steps):
            away.requires_grad_(True)
            logits = network((images + away).clamp(0, 1))
            loss = F.cross_entropy(logits, labels, reduction="sum")
            (gradient,) = torch.autograd.grad(loss, away)
            with torch.no_grad():
                away = away + OVERSHOOT * eps / self.steps * gradient / lengths(gradient)
                away = away * (eps / lengths(away)).clamp(max=1)
                away = (images + away).clamp(0, 1) - images
        return (images + away).detach().clamp_(0, 1)
