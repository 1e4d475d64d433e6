"""Is it a digit, and which: scores by judges that took no part (Studies C and D)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

import torch
from torch import Tensor

from project.errors import UserError
from project.metrics.fid import Moments, fid
from project.networks.digit_judges import Judge

PER_DIGIT = 200  # images of a digit that are compared with one another
BATCH = 500


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """Frechet distance between Gaussians fitted to two sets of features, in double precision.

    Args:
        a: ``N x D``.
        b: ``M x D``.

    Raises:
        UserError: a set has fewer than 2 rows.
    """
    if min(len(a), len(b)) < 2:
        raise UserError("A Frechet distance needs 2 images or more in each set.")
    return fid(Moments(a), Moments(b))


def within_class_distance(images: Tensor, labels: Tensor) -> float:
    """Mean distance in pixels between two images of the same digit, averaged over the digits.

    Args:
        images: ``N x 1 x H x W`` in [0, 1].
        labels: ``N``; a digit with one image does not count.
    """
    means = []
    for digit in torch.unique(labels):
        pixels = images[labels == digit].flatten(1)[:PER_DIGIT]
        count = len(pixels)
        if count > 1:
            means.append(float(torch.cdist(pixels, pixels).sum() / (count * (count - 1))))
    return fmean(means) if means else 0.0


def nearest_distance(images: Tensor, training: Tensor) -> float:
    """Mean distance in pixels from an image to the nearest training image.

    Args:
        images: ``N x 1 x H x W`` in [0, 1].
        training: ``M x 1 x H x W`` in [0, 1].
    """
    pixels = training.flatten(1)
    parts = [torch.cdist(some.flatten(1), pixels).amin(1) for some in torch.split(images, 250)]
    return float(torch.cat(parts).mean())


@dataclass(frozen=True)
class Reference:
    """Real images as the judges see them.

    Attributes:
        images: ``M x 1 x 28 x 28`` in [0, 1].
        labels: their digits, ``M``.
        features: ``M x D`` of each judge, by its name.
    """

    images: Tensor
    labels: Tensor
    features: Mapping[str, Tensor]

    @classmethod
    def of(cls, judges: Mapping[str, Judge], images: Tensor, labels: Tensor) -> Reference:
        """Lets every judge look at the images once."""
        features = {name: judge.judge(images, BATCH)[0] for name, judge in judges.items()}
        return cls(images, labels, features)


def verdict(
    judges: Mapping[str, Judge], images: Tensor, wanted: Tensor, real: Reference
) -> dict[str, float]:
    """Says what judges see.

    Args:
        judges: by name, in eval mode.
        images: ``N x 1 x 28 x 28`` in [0, 1].
        wanted: the digit that each is to be, ``N``.
        real: what they are compared with, seen by the same judges.

    Returns:
        ``judge_accuracy`` and ``judge_confidence``, means over judges and images;
        ``digit_distance``, the mean over judges of the Frechet distance in their features, and
        that of each, where there are 2 images or more; ``digit_diversity``, 1 being that of the
        real ones, where a digit has 2 or more that differ.

    Raises:
        UserError: there are fewer than 2 real images.
    """
    seen = {name: judge.judge(images, BATCH) for name, judge in judges.items()}
    own = [probabilities.gather(1, wanted[:, None]) for _, probabilities in seen.values()]
    hits = [probabilities.argmax(1) == wanted for _, probabilities in seen.values()]
    scores = {
        "judge_accuracy": fmean(float(hit.double().mean()) for hit in hits),
        "judge_confidence": fmean(float(share.mean()) for share in own),
    }
    if len(images) > 1:
        distances = {n: frechet_distance(f, real.features[n]) for n, (f, _) in seen.items()}
        scores["digit_distance"] = fmean(distances.values())
        if len(distances) > 1:
            scores |= {f"digit_distance_{name}": value for name, value in distances.items()}
    ordinary = within_class_distance(real.images, real.labels)
    if ordinary and int(torch.bincount(wanted).max()) > 1:
        scores["digit_diversity"] = within_class_distance(images, wanted) / ordinary
    return scores
