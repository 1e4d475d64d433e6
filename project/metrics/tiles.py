"""Pairs of features, tile by tile: fifty thousand images squared do not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

SIDE = 2048  # 32 MiB of float64 in a tile


def parts(count: int) -> Iterator[slice]:
    """Yields slices that cover ``count`` rows."""
    for start in range(0, count, SIDE):
        yield slice(start, min(start + SIDE, count))


def dots(a: Tensor, b: Tensor) -> Iterator[tuple[slice, slice, Tensor]]:
    """Yields the products of every row of ``a`` with every row of ``b``, in double precision.

    Args:
        a: ``N x D``.
        b: ``M x D``.

    Yields:
        rows of ``a``, rows of ``b``, and their tile.
    """
    for rows in parts(len(a)):
        left = a[rows].double()
        for columns in parts(len(b)):
            yield rows, columns, left @ b[columns].double().T


def distances(a: Tensor, b: Tensor) -> Iterator[tuple[slice, slice, Tensor]]:
    """Yields the Euclidean distances of every row of ``a`` to every row of ``b``.

    Args:
        a: ``N x D``.
        b: ``M x D``; where it is ``a`` itself, a row is at distance 0 from itself.

    Yields:
        rows of ``a``, rows of ``b``, and their tile.
    """
    lengths = [
        torch.cat([x[part].double().square().sum(1) for part in parts(len(x))]) for x in (a, b)
    ]
    for rows, columns, tile in dots(a, b):
        squares = tile.mul_(-2).add_(lengths[0][rows, None]).add_(lengths[1][None, columns])
        if a is b and rows == columns:
            squares.fill_diagonal_(0)
        yield rows, columns, squares.clamp_min_(0).sqrt_()


def nearest_others(features: Tensor, k: int) -> Tensor:
    """Returns for each of ``N x D`` features the distance to the k-th nearest other one, ``N``."""
    # The feature itself is the first of the k + 1 nearest.
    shape = (len(features), k + 1)
    found = torch.full(shape, torch.inf, dtype=torch.float64, device=features.device)
    for rows, _, tile in distances(features, features):
        both = torch.cat([found[rows], tile], dim=1)
        found[rows] = both.topk(k + 1, largest=False).values
    return found[:, -1]


def nearest(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Returns for each row of ``a`` the distance to the nearest row of ``b``, and which, ``N``."""
    found = torch.full((len(a),), torch.inf, dtype=torch.float64, device=a.device)
    which = torch.zeros(len(a), dtype=torch.long, device=a.device)
    for rows, columns, tile in distances(a, b):
        least, position = tile.min(dim=1)
        closer = least < found[rows]
        which[rows] = torch.where(closer, position + columns.start, which[rows])
        found[rows] = torch.minimum(least, found[rows])
    return found, which
