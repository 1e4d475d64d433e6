"""How good an attribute classifier is, and what it says of generated images (Study B, measure)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

Z_95 = 1.959963984540054  # of a two-sided interval at 95 %
NEIGHBOURS = 5
COMPARED = 500  # images whose pairs are compared


def wilson(share: float, count: int) -> tuple[float, float]:
    """Wilson's interval of a share at 95 %.

    Args:
        share: of the ``count`` that were a success.
        count: how many there were.
    """
    z2 = Z_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z_95 * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def balanced_accuracy(predicted: Tensor, labels: Tensor) -> float:
    """Mean of the shares of images with, and of images without, that are told right.

    Args:
        predicted: ``N``, bool.
        labels: ``N``, 0 or 1, both there.
    """
    right = predicted == labels.bool()
    return float((right[labels == 1].double().mean() + right[labels == 0].double().mean()) / 2)


def calibrate(logits: Tensor, labels: Tensor) -> tuple[float, float]:
    """Fits ``sigmoid(slope * logit + shift)`` to the labels (Platt 1999), by Newton's method.

    Platt's targets, just short of 0 and 1, keep a perfect separation from an endless slope.

    Args:
        logits: ``N``.
        labels: ``N``, 0 or 1, both there.

    Returns:
        slope and shift.
    """
    inputs = torch.stack([logits.double(), torch.ones_like(logits, dtype=torch.float64)], dim=1)
    ones, zeros = int((labels == 1).sum()), int((labels == 0).sum())
    high, low = (ones + 1) / (ones + 2), 1 / (zeros + 2)
    targets = torch.where(labels == 1, high, low).double()
    solution = torch.zeros(2, dtype=torch.float64)

    def cost(at: Tensor) -> float:
        z = inputs @ at
        return float((torch.nn.functional.softplus(z) - targets * z).sum())

    for _ in range(100):
        p = torch.sigmoid(inputs @ solution)
        gradient = inputs.T @ (p - targets)
        hessian = inputs.T @ (inputs * (p * (1 - p))[:, None]) + 1e-9 * torch.eye(2).double()
        step = torch.linalg.solve(hessian, gradient)
        length = 1.0
        while length > 1e-6 and cost(solution - length * step) > cost(solution):
            length /= 2
        solution = solution - length * step
        if float(step.abs().max()) * length < 1e-9:
            break
    return float(solution[0]), float(solution[1])


def calibration_error(probabilities: Tensor, labels: Tensor) -> float:
    """Expected calibration error over ten bins of equal width.

    Args:
        probabilities: ``N``.
        labels: ``N``, 0 or 1.
    """
    bins = (probabilities.double() * 10).long().clamp(0, 9)
    error = 0.0
    for number in range(10):
        chosen = bins == number
        if chosen.any():
            gap = probabilities[chosen].double().mean() - labels[chosen].double().mean()
            error += float(gap.abs()) * float(chosen.double().mean())
    return error


def coverage(real: Tensor, generated: Tensor) -> float:
    """Share of real images with a generated one nearer than their fifth real neighbour.

    After Naeem et al. 2020; fewer neighbours where there are fewer real images.

    Args:
        real: features ``M x D``, M >= 2.
        generated: features ``N x D``.
    """
    k = min(NEIGHBOURS, len(real) - 1)
    among = torch.cdist(real.double(), real.double())
    # The nearest of all is the image itself.
    radius = among.kthvalue(k + 1, dim=1).values
    nearest = torch.cdist(real.double(), generated.double()).amin(1)
    return float((nearest <= radius).double().mean())


def spread(images: Tensor) -> float:
    """Mean distance in pixels between two of the images.

    Args:
        images: ``N x C x H x W``, uint8, N >= 2; of many, the first 500 are compared.
    """
    pixels = images[:COMPARED].flatten(1).double() / 255
    count = len(pixels)
    return float(torch.cdist(pixels, pixels).sum() / (count * (count - 1)))
