"""Has a generated face the two features? A classifier that took no part says so (Study B)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Protocol

import torch
from torch import Tensor

from project.errors import UserError
from project.metrics.attribute_scores import coverage, spread, wilson
from project.metrics.digit_scores import frechet_distance

SHARES = ("p_feature_1", "p_feature_2", "p_both")


class Judges(Protocol):
    """A module that trained an attribute classifier."""

    threshold: Tensor

    def judge(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Returns features ``N x D`` and calibrated probabilities ``N x 2`` of uint8 images."""


@dataclass(frozen=True)
class AttributeJudge:
    """An attribute classifier, and the real images that have both features as it sees them.

    Attributes:
        module: uint8 images -> features ``N x D`` and calibrated probabilities ``N x 2``.
        real: ``M x 3 x H x W``, uint8, real images with both features.
        real_features: ``M x D``.
    """

    module: Judges
    real: Tensor
    real_features: Tensor

    @classmethod
    def of(cls, modules: Mapping[str, Judges], name: str, real: Tensor) -> AttributeJudge:
        """Takes one of several trained classifiers.

        Args:
            modules: by name, frozen.
            name: of the one.
            real: uint8 images with both features.

        Raises:
            UserError: it is not among them.
        """
        if name not in modules:
            raise UserError(
                f"The attribute classifier '{name}' is missing among "
                f"{', '.join(modules) or '(none)'}. Name it under judges."
            )
        module = modules[name]
        features = module.judge(real)[0] if len(real) else torch.zeros(0, 1)
        return cls(module, real, features)

    def probabilities(self, images: Tensor) -> Tensor:
        """Returns calibrated probabilities ``N x 2`` of uint8 images; P(both) is their product."""
        return self.module.judge(images.cpu())[1]

    def score(self, images: Tensor) -> dict[str, float]:
        """Scores generated images.

        Args:
            images: ``N x 3 x H x W``, uint8.

        Returns:
            ``p_feature_1``, ``p_feature_2`` and ``p_both``, the shares of images that have the
            features; ``feature_distance``, a Frechet distance in this classifier's features to
            the real images that have both; ``coverage`` of these; ``diversity``, the mean
            distance in pixels between two images, 1 being that of these. What so few real images
            cannot tell is left out.
        """
        images = images.cpu()
        features, probabilities = self.module.judge(images)
        held = probabilities > self.module.threshold.cpu()
        shares = [held[:, 0], held[:, 1], held.all(1)]
        scores = {
            name: float(share.double().mean()) for name, share in zip(SHARES, shares, strict=True)
        }
        if min(len(images), len(self.real)) > 1:
            scores["feature_distance"] = frechet_distance(features, self.real_features)
            scores["coverage"] = coverage(self.real_features, features)
            scores["diversity"] = spread(images) / spread(self.real)
        return scores

    def score_real(self) -> dict[str, float]:
        """Scores half of the real images that have both against the other half."""
        half = len(self.real) // 2
        if half < 2:
            return {}
        rest = AttributeJudge(self.module, self.real[half:], self.real_features[half:])
        return with_intervals([rest.score(self.real[:half])], half)


def with_intervals(scores: Sequence[Mapping[str, float]], images: int) -> dict[str, float]:
    """Averages scores of equally many images each, and gives each share its interval at 95 %.

    Args:
        scores: of one epoch, or of several.
        images: N of each.

    Returns:
        the means; beside each share Wilson's ``<name>_low`` and ``<name>_high``, for all images
        of these epochs taken together.
    """
    found: dict[str, float] = {}
    for name in scores[0]:
        found[name] = fmean(row[name] for row in scores)
        if name in SHARES:
            low, high = wilson(found[name], images * len(scores))
            found |= {f"{name}_low": low, f"{name}_high": high}
    return found


def base_rates(held: Tensor) -> dict[str, float]:
    """Returns the shares of real images that have each feature, and both, by their labels.

    Args:
        held: ``N x 2``, bool.
    """
    shares = [held[:, 0], held[:, 1], held.all(1)]
    rates = {name: float(share.double().mean()) for name, share in zip(SHARES, shares, strict=True)}
    return with_intervals([rates], len(held))
