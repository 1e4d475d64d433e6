"""The adversary that robust networks are trained against."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from project.errors import UserError

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

    Raises:
        UserError: the radius is negative.
    """

    def __init__(self, *, eps: float, steps: int) -> None:
        if eps < 0:
            raise UserError(f"The adversary's radius attack.eps={eps} must be 0 or more.")
        self.eps = eps
        self.steps = steps

    def radius(self, done: int, total: int) -> float:
        """Returns the radius of a moment: all of it at once, and the network would learn nothing.

        Args:
            done: batches or epochs of the training, this one included.
            total: how many it has; from half of them on, the radius is ``eps``.
        """
        return self.eps * min(1.0, 2 * done / total)

    def attack(
        self,
        loss: Callable[[Tensor], Tensor],
        images: Tensor,
        eps: float | Tensor,
        pixel_range: tuple[float, float],
        rng: torch.Generator,
    ) -> Tensor:
        """Moves each image, within ``eps``, to where a frozen network is most wrong about it.

        Args:
            loss: images ``N x C x H x W`` -> how wrong the network is about them, summed.
            images: ``N x C x H x W``.
            eps: radius, of all or of each, ``N x 1 x 1 x 1`` on the CPU.
            pixel_range: lowest and highest value of a pixel, which is not left.
            rng: a generator of the CPU.

        Returns:
            ``N x C x H x W``, without graph.
        """
        away = torch.randn(images.shape, generator=rng)
        away *= eps * torch.rand(len(images), 1, 1, 1, generator=rng) / lengths(away)
        away = away.to(images.device)
        if isinstance(eps, Tensor):
            eps = eps.to(images.device)
        for _ in range(self.steps):
            away.requires_grad_(True)
            wrong = loss((images + away).clamp(*pixel_range))
            (gradient,) = torch.autograd.grad(wrong, away)
            with torch.no_grad():
                away = away + OVERSHOOT * eps / self.steps * gradient / lengths(gradient)
                away = away * (eps / lengths(away)).clamp(max=1)
                away = (images + away).clamp(*pixel_range) - images
        return (images + away).detach().clamp_(*pixel_range)
