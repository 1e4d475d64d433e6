"""Penalties that keep D from being too sure of few images."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from project.losses.precision import at_least_float32


def gradient_norm(D: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """Half the squared gradient of D at images, mean over them (Mescheder et al. 2018).

    At real images it is R1, at generated ones R2.

    Args:
        D: images -> logits ``m``.
        images: ``m x C x H x W``.
    """
    # Under autocast G's images are bf16, in which their gradient would be squared, too.
    images = at_least_float32(images).clone().requires_grad_(True)
    logits = D(images)
    (gradient,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return 0.5 * gradient.square().flatten(1).sum(1).mean()


def LeCam(real: Tensor, fake: Tensor, usual_real: Tensor, usual_fake: Tensor) -> Tensor:
    """How far D's logits are beyond what it usually says of the other images (Tseng et al. 2021).

    ``mean(max(0, D(x) - a_F)^2) + mean(max(0, a_R - D(G(z)))^2)``

    Args:
        real: D(x), ``m``.
        fake: D(G(z)), ``m``.
        usual_real: a_R, the moving average of the mean of D(x), a scalar.
        usual_fake: a_F, that of D(G(z)).
    """
    return F.relu(real - usual_fake).square().mean() + F.relu(usual_real - fake).square().mean()
