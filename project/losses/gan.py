"""The losses of an ordinary GAN, on logits (Study A, decisions).

On logits, because after a sigmoid binary cross-entropy fails under CUDA autocast.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def L_D_real(logits: Tensor) -> Tensor:
    """Binary cross-entropy of D on real images: mean of ``-log sigmoid(D(x))``.

    Args:
        logits: D(x), ``m`` of them.
    """
    return F.softplus(-logits).mean()


def L_D_fake(logits: Tensor) -> Tensor:
    """Binary cross-entropy of D on generated images: mean of ``-log(1 - sigmoid(D(G(z))))``.

    Args:
        logits: D(G(z)), ``m`` of them.
    """
    return F.softplus(logits).mean()


def L_G(logits: Tensor) -> Tensor:
    """The non-saturating loss of G: mean of ``-log sigmoid(D(G(z)))``.

    Args:
        logits: D(G(z)), ``m`` of them.
    """
    return F.softplus(-logits).mean()
