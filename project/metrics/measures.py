"""All measures of a set of images, from one pass of the backbone over them.

Torch is imported when there is something to score: settings are checked in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from project.errors import UserError
from project.metrics.own_score import OwnScore, number, told
from project.metrics.score_names import learn

if TYPE_CHECKING:
    from torch import Tensor

    from project.metrics.real_images import Real
    from project.metrics.score_images import Passed


class FeatureScore(OwnScore, Protocol):
    """A score that was added: a function of features."""

    def __call__(self, features: Tensor, real: Tensor) -> float:
        """Scores images by their features ``N x D``, against those ``M x D`` of real images."""


class Measures:
    """Which measures, with which settings.

    Args:
        splits: numbers of parts of the Inception Score; 1 is the study's formula.
        neighbours: k of precision, recall, density and coverage.
        kid_images: the most images of either set that KID is taken over; its cost is quadratic.
        seed: of the order in the splits, and of the choice where there are more.
        more: scores that were added.

    Raises:
        UserError: a setting is not possible.
    """

    def __init__(
        self,
        *,
        splits: Sequence[int],
        neighbours: int,
        kid_images: int,
        seed: int,
        more: Mapping[str, FeatureScore],
    ) -> None:
        self.splits = list(splits)
        self.neighbours = neighbours
        self.kid_images = kid_images
        self.seed = seed
        self.more = list(more.values())
        for score in self.more:
            learn(score.name, score.better, score.about)
        if neighbours < 1 or kid_images < 3 or min(self.splits, default=1) < 1:
            raise UserError(
                f"metrics.neighbours={neighbours}, metrics.kid_images={kid_images} and "
                f"metrics.splits={self.splits} are not allowed together. Allowed: 1, 3 and 1, or "
                "more."
            )

    @property
    def settings(self) -> dict[str, Any]:
        """What all scores depend on, as plain values."""
        return {name: value for name, value in vars(self).items() if name != "more"}

    @property
    def names(self) -> dict[str, dict[str, str]]:
        """What the added scores are and which way is better, by name."""
        return {score.name: told(score) for score in self.more}

    @property
    def least(self) -> int:
        """The fewest images that can be scored."""
        return max(3, self.neighbours + 1, *self.splits)

    def check(self, count: int, what: str) -> None:
        """Checks that there are enough images, which a sentence calls ``what``.

        Raises:
            UserError: there are not, with the number needed.
        """
        if count < self.least:
            raise UserError(
                f"{what} are fewer than the {self.least} that scores need (metrics.splits="
                f"{self.splits}, metrics.neighbours={self.neighbours}): give more, or lower these."
            )

    def real(self, features: Tensor) -> Real:
        """Returns real images to compare with, by their features ``M x D``."""
        from project.metrics.real_images import Real

        return Real(
            features, neighbours=self.neighbours, kid_images=self.kid_images, seed=self.seed
        )

    def score(self, passed: Passed, real: Real) -> dict[str, float]:
        """Scores images against real ones.

        Returns:
            ``inception_score``..., ``fid``, ``kid``, ``kid_error``, ``precision``, ``recall``,
            ``density``, ``coverage``, ``sharpness``, and what was added.

        Raises:
            UserError: the images are too few, or the backbone or a score gave what is no number.
        """
        from project.metrics.inception_score import inception_scores
        from project.metrics.prdc import prdc

        if not bool(passed.features.isfinite().all()):
            raise UserError(
                "The backbone's features are not finite (NaN or infinity): nothing can be scored."
            )
        scores = inception_scores(passed.logits, splits=self.splits, seed=self.seed)
        scores |= self.distances(passed.features, real)
        scores |= prdc(passed.features, real.features, real.radii, neighbours=self.neighbours)
        scores["sharpness"] = float(passed.sharpness.double().mean())
        features, count = passed.features, len(passed.features)
        return scores | {s.name: number(s, s(features, real.features), count) for s in self.more}

    def distances(self, features: Tensor, real: Real) -> dict[str, float]:
        """Returns ``fid``, ``kid`` and ``kid_error`` of features ``N x D`` to real images."""
        from project.metrics.fid import Moments, fid
        from project.metrics.kid import kernel_sums, kid, own_kernel_sums
        from project.metrics.real_images import some

        chosen = some(features, self.kid_images, self.seed)
        within, across = own_kernel_sums(chosen), kernel_sums(chosen, real.for_kid)
        found, error = kid(within, real.kernel_sums, across)
        return {"fid": fid(Moments(features), real.moments), "kid": found, "kid_error": error}
