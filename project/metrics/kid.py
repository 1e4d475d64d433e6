"""The kernel distance between two sets of features (KID), with its standard error."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from project.metrics.tiles import dots, parts


class KernelSums(NamedTuple):
    """Sums of the kernel over the pairs of two sets: all that KID is made of.

    Attributes:
        by_row: for each of the first set, the sum over the second; ``N``.
        by_column: for each of the second set, the sum over the first; ``M``.
    """

    by_row: Tensor
    by_column: Tensor


def kernel_sums(a: Tensor, b: Tensor) -> KernelSums:
    """Sums the kernel ``(x y / D + 1)^3`` (Binkowski et al. 2018, section 4) over all pairs.

    Args:
        a: ``N x D``.
        b: ``M x D``.
    """
    by_row = torch.zeros(len(a), dtype=torch.float64, device=a.device)
    by_column = torch.zeros(len(b), dtype=torch.float64, device=a.device)
    for rows, columns, tile in dots(a, b):
        values = tile.div_(a.shape[1]).add_(1).pow_(3)
        by_row[rows] += values.sum(1)
        by_column[columns] += values.sum(0)
    return KernelSums(by_row, by_column)


def own_kernel_sums(a: Tensor) -> KernelSums:
    """Sums the kernel over the pairs of a set ``N x D`` in which no image meets itself."""
    every = kernel_sums(a, a)
    itself = torch.cat([a[part].double().square().sum(1) for part in parts(len(a))])
    itself = (itself / a.shape[1] + 1) ** 3
    return KernelSums(every.by_row - itself, every.by_column - itself)


def kid(within: KernelSums, real: KernelSums, across: KernelSums) -> tuple[float, float]:
    """Computes the unbiased squared MMD over all images, and its standard error.

    All images instead of random subsets: that is the mean over every subset, so it has the least
    variance, and no seed. The standard error is the jackknife's, leaving out each image of either
    set in turn; the spread over overlapping subsets, which is often reported, is no such error.

    Args:
        within: kernel sums of the generated images among themselves, N at least 3.
        real: kernel sums of the real images among themselves, M at least 3.
        across: kernel sums of the generated with the real images.

    Returns:
        KID, which may be slightly negative for like sets, and its standard error.
    """
    n, m = len(within.by_row), len(real.by_row)
    own, others = within.by_row.sum() / (n * (n - 1)), real.by_row.sum() / (m * (m - 1))
    both = across.by_row.sum()
    estimate = own + others - 2 * both / (n * m)
    without_x = _left_out(within.by_row) + others - 2 * (both - across.by_row) / ((n - 1) * m)
    without_y = _left_out(real.by_row) + own - 2 * (both - across.by_column) / ((m - 1) * n)
    variance = _jackknife(without_x) + _jackknife(without_y)
    return float(estimate), float(variance.sqrt())


def _left_out(by_row: Tensor) -> Tensor:
    """Means over the pairs of one set without the i-th image, for each i."""
    n = len(by_row)
    return (by_row.sum() - 2 * by_row) / ((n - 1) * (n - 2))


def _jackknife(left_out: Tensor) -> Tensor:
    n = len(left_out)
    return (left_out - left_out.mean()).square().sum() * (n - 1) / n
