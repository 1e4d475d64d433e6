"""The Frechet distance between two sets of features (FID)."""

from __future__ import annotations

import torch
from torch import Tensor

from project.metrics.tiles import parts


class Moments:
    """Mean and covariance of a set of features, in double precision.

    The covariance is kept as a factor ``F`` with ``F' F`` = covariance, of as few rows as can be:
    a thousand images need a thousand rows, however many features there are.

    Args:
        features: ``N x D``, N at least 2.
    """

    def __init__(self, features: Tensor) -> None:
        n, d = features.shape
        total = torch.zeros(d, dtype=torch.float64, device=features.device)
        for part in parts(n):
            total += features[part].double().sum(0)
        self.mean = total / n
        if n <= d:
            self.factor = (features.double() - self.mean) / (n - 1) ** 0.5
        else:
            covariance = torch.zeros(d, d, dtype=torch.float64, device=features.device)
            for part in parts(n):
                centred = features[part].double() - self.mean
                covariance.addmm_(centred.T, centred)
            values, vectors = torch.linalg.eigh(covariance / (n - 1))
            self.factor = values.clamp_min(0).sqrt()[:, None] * vectors.T


def fid(one: Moments, other: Moments) -> float:
    """Computes ``|m1 - m2|^2 + tr(S1) + tr(S2) - 2 tr((S1 S2)^(1/2))`` (Heusel et al. 2017, eq. 6).

    With ``S1 = F1' F1`` and ``S2 = F2' F2``, the last trace is the sum of the singular values of
    ``F1 F2'``: no root of a matrix is taken, so that singular covariances lose no precision.

    Returns:
        The distance, 0 or more; 0 for equal moments.
    """
    gap = (one.mean - other.mean).square().sum()
    traces = one.factor.square().sum() + other.factor.square().sum()
    # A CPU finds singular values sooner than a card.
    shared = torch.linalg.svdvals((one.factor @ other.factor.T).cpu()).sum()
    return max(0.0, float(gap.cpu() + traces.cpu() - 2 * shared))
