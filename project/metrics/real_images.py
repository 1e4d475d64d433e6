"""Real images to compare with."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from project.metrics.fid import Moments
from project.metrics.kid import KernelSums, own_kernel_sums
from project.metrics.tiles import nearest_others


class Real:
    """Real images to compare with; what depends on them alone is computed once.

    Args:
        features: ``M x D``.
        neighbours: k of precision, recall, density and coverage.
        kid_images: the most images that KID is taken over.
        seed: which of more images it is taken over.
    """

    def __init__(self, features: Tensor, *, neighbours: int, kid_images: int, seed: int) -> None:
        self.features = features
        self.for_kid = some(features, kid_images, seed)
        self._neighbours = neighbours

    @cached_property
    def moments(self) -> Moments:
        """Mean and covariance."""
        return Moments(self.features)

    @cached_property
    def radii(self) -> Tensor:
        """Distance of each to its k-th nearest other one."""
        return nearest_others(self.features, self._neighbours)

    @cached_property
    def kernel_sums(self) -> KernelSums:
        """Kernel sums among themselves."""
        return own_kernel_sums(self.for_kid)


def some(features: Tensor, at_most: int, seed: int) -> Tensor:
    """Returns all of ``N x D`` features, or ``at_most`` of them, drawn by a private generator."""
    if len(features) <= at_most:
        return features
    chosen = np.random.RandomState(seed).permutation(len(features))[:at_most]
    return features[torch.from_numpy(chosen)]
