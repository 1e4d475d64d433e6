"""Is it a digit, and which: scores by judges that took no part (Studies C and D)."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

import torch
from torch import Tensor

from project.errors import UserError
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
    a, b = a.double(), b.double()
    cov_a, cov_b = torch.cov(a.T), torch.cov(b.T)
    values, vectors = torch.linalg.eigh(cov_a)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    # The eigenvalues of cov_a cov_b, by a symmetric matrix that has the same.
    cross = torch.linalg.eigvalsh(root @ cov_b @ root).clamp(min=0).sqrt().sum()
    means = (a.mean(0) - b.mean(0)).square().sum()
    return float(means + cov_a.trace() + cov_b.trace() - 2 * cross)


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


@torch.no_grad()
def judge_scores(
    *,
    judges: Mapping[str, Judge],
    images: Tensor,
    wanted: Tensor,
    reference_images: Tensor,
    reference_labels: Tensor,
    training_images: Tensor,
    held_out: str,
) -> dict[str, float]:
    """Scores images that are to be digits.

    Args:
        judges: by name, in eval mode.
        images: ``N x 1 x 28 x 28`` in [0, 1].
        wanted: the digit that each is to be, ``N``.
        reference_images: real images, of which those of the wanted digits are compared with.
        reference_labels: their digits.
        training_images: what copies would be copies of.
        held_out: the judge that stays out of the means and gets rows of its own.

    Returns:
        ``judge_accuracy`` and ``judge_confidence``, means over judges and images;
        ``digit_distance``, the mean over judges of the Frechet distance in their features;
        the same three of the held-out judge; ``digit_diversity`` and ``nearest_train_ratio``,
        1 being that of real images.
    """
    kept = torch.isin(reference_labels, wanted)
    real, real_labels = reference_images[kept], reference_labels[kept]
    found = {name: _of_one(judge, images, wanted, real) for name, judge in judges.items()}
    means = [scores for name, scores in found.items() if name != held_out]
    names = ("judge_accuracy", "judge_confidence", "digit_distance")
    scores = {name: fmean(one[name] for one in means) for name in names}
    if held_out in found:
        scores |= {f"{name}_held_out": found[held_out][name] for name in names}
    scores |= {f"digit_distance_{name}": one["digit_distance"] for name, one in found.items()}
    diversity = within_class_distance(real, real_labels)
    scores["digit_diversity"] = within_class_distance(images, wanted) / diversity
    as_many = real[torch.linspace(0, len(real) - 1, min(len(images), len(real))).long()]
    nearest = nearest_distance(as_many, training_images)
    scores["nearest_train_ratio"] = nearest_distance(images, training_images) / nearest
    return scores


def _of_one(judge: Judge, images: Tensor, wanted: Tensor, real: Tensor) -> dict[str, float]:
    features, probabilities = judge.judge(images, BATCH)
    real_features, _ = judge.judge(real, BATCH)
    return {
        "judge_accuracy": float((probabilities.argmax(1) == wanted).double().mean()),
        "judge_confidence": float(probabilities.gather(1, wanted[:, None]).mean()),
        "digit_distance": frechet_distance(features, real_features),
    }
