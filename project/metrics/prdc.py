"""Precision, recall, density and coverage: four readings of one set of distances."""

from __future__ import annotations

import torch
from torch import Tensor

from project.metrics.tiles import distances, nearest_others


def prdc(
    generated: Tensor, real: Tensor, real_radii: Tensor, *, neighbours: int
) -> dict[str, float]:
    """Compares two sets of features by balls that reach to each feature's k-th nearest neighbour.

    Naeem et al. 2020, section 3 (precision and recall: Kynkaanniemi et al. 2019); the strict
    comparison is that of their package `prdc`, which holds all distances at once.

    Args:
        generated: ``N x D``, N more than ``neighbours``.
        real: ``M x D``, M more than ``neighbours``.
        real_radii: distance of each real feature to its k-th nearest other one, ``M``.
        neighbours: k.

    Returns:
        ``precision`` (share of generated images inside a real ball), ``recall`` (of real images
        inside a generated ball), ``density`` (real balls around a generated image, over k; can
        exceed 1) and ``coverage`` (share of real balls with a generated image in them).
    """
    radii = nearest_others(generated, neighbours)
    around = torch.zeros(len(generated), dtype=torch.long, device=real.device)
    recalled = torch.zeros(len(real), dtype=torch.bool, device=real.device)
    covered = torch.zeros(len(real), dtype=torch.bool, device=real.device)
    for rows, columns, tile in distances(generated, real):
        in_real = tile < real_radii[None, columns]
        around[rows] += in_real.sum(1)
        covered[columns] |= in_real.any(0)
        recalled[columns] |= (tile < radii[rows, None]).any(0)
    return {
        "precision": float((around > 0).double().mean()),
        "recall": float(recalled.double().mean()),
        "density": float(around.double().mean()) / neighbours,
        "coverage": float(covered.double().mean()),
    }
