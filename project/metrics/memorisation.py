"""Are generated images copies of training images? Distances to the nearest one tell."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from project.metrics.tiles import nearest, nearest_others

NEARER_THAN = 0.01  # of the held-out images: what is nearer to a training image is near a copy
LEAST_RATIO, MOST_NEAR = 0.8, 0.05  # beyond them images are called copies


class Memorisation:
    """Distances to the nearest training image, held against those of images never drawn.

    Args:
        training: features of the training images, ``M x D``, M at least 2.
        held_out: features of real images that were not trained on, ``L x D``; None where there are
            none: then each training image's distance to the nearest other one takes their place.
    """

    def __init__(self, training: Tensor, held_out: Tensor | None) -> None:
        self.training = training
        if held_out is None:
            self.usual = nearest_others(training, 1)
        else:
            self.usual = nearest(held_out, training)[0]

    def scores(self, features: Tensor) -> dict[str, float]:
        """Scores ``N x D`` features.

        Returns:
            ``nearest_train_distance_ratio`` (median distance over the held-out images' median: 1
            for new images of the same kind, towards 0 for copies) and ``near_copy_share`` (share of
            images nearer to a training image than 99 % of the held-out ones: 0.01 for new images;
            it sees a few copies among many new images, which a median does not).
        """
        found, _ = nearest(features, self.training)
        # Real images that are all alike have no distance to compare with.
        usual = self.usual.median().clamp_min(1e-12)
        near = self.usual.quantile(NEARER_THAN)
        return {
            "nearest_train_distance_ratio": float(found.median() / usual),
            "near_copy_share": float((found < near).double().mean()),
        }

    def nearest_pairs(self, features: Tensor, count: int) -> list[tuple[int, int]]:
        """Returns the ``count`` images nearest to a training image, and to which, nearest first."""
        found, which = nearest(features, self.training)
        order = found.argsort(stable=True)[:count]
        return [(int(i), int(which[i])) for i in order]


def verdict(scores: Mapping[str, float]) -> str:
    """Says in words whether images are near to the training images, by :class:`Memorisation`."""
    ratio, share = scores["nearest_train_distance_ratio"], scores["near_copy_share"]
    what = f"distance ratio {ratio:.2f}, {share:.1%} nearer than 99 % of undrawn images are"
    copied = ratio < LEAST_RATIO or share > MOST_NEAR
    return f"{'copies of training images' if copied else 'no sign of copies'} ({what})"
