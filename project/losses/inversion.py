"""The inversion's losses (Study D), one number per image."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def L_CE(logits: Tensor, wanted: Tensor) -> Tensor:
    """``- sum_i y_i log( yhat_i )``, without label smoothing.

    Args:
        logits: ``N x K``.
        wanted: ``N``, int64, the wanted classes.

    Returns:
        ``N``.
    """
    return F.cross_entropy(logits, wanted, reduction="none")


def L_TV(images: Tensor) -> Tensor:
    """``sum_{i,j} [ ( I_{i,j+1} - I_{i,j} )^2 + ( I_{i+1,j} - I_{i,j} )^2 ]``.

    Args:
        images: ``N x 1 x H x W`` in [0, 1].

    Returns:
        ``N``.
    """
    right = images[..., 1:] - images[..., :-1]
    down = images[..., 1:, :] - images[..., :-1, :]
    return right.square().sum((1, 2, 3)) + down.square().sum((1, 2, 3))


def L_binary(images: Tensor) -> Tensor:
    """``sum_{i,j} I_ij ( 1 - I_ij )``: least where every pixel is 0 or 1.

    Args:
        images: ``N x 1 x H x W`` in [0, 1].

    Returns:
        ``N``.
    """
    return (images * (1 - images)).sum((1, 2, 3))
