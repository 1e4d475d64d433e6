"""Are generated images copies of training images? Distances to the nearest one tell."""

from __future__ import annotations

import math
from collections.abc import Mapping

from scipy.stats import nhypergeom
from torch import Tensor

from project.metrics.audit import copied
from project.metrics.tiles import nearest, nearest_others

NEARER_THAN = 0.01  # of the held-out images: what is nearer to a training image is near a copy
FEWEST = 100  # images never drawn, for 1 % of them to mean something
SAME = 1e-4  # of the features' length: so near are only copies, bit by bit


class Memorisation:
    """Distances to the nearest training image, held against those of images never drawn.

    Args:
        training: features of the training images, ``M x D``, M at least 2.
        held_out: features of real images that were not trained on, ``L x D``; where there are
            fewer than 100, or None, each training image's distance to the nearest other one takes
            their place.

    Attributes:
        copies: training images that are copies of other ones.
        usual: distances of images that are no copies.
    """

    def __init__(self, training: Tensor, held_out: Tensor | None) -> None:
        self.training = training
        same = SAME * training.double().norm(dim=1).mean()
        own = nearest_others(training, 1)
        self.copies = int((own <= same).sum())
        found = own if held_out is None else nearest(held_out, training)[0]
        # An undrawn image that is itself a copy of a drawn one tells nothing.
        found = found[found > same]
        self.usual = found if len(found) >= min(FEWEST, len(own)) else own[own > same]

    def scores(self, features: Tensor) -> dict[str, float]:
        """Scores ``N x D`` features.

        Returns:
            ``nearest_train_distance_ratio`` (median distance over the held-out images' median: 1
            for new images of the same kind, towards 0 for copies) and ``near_copy_share`` (share of
            images nearer to a training image than 99 % of the held-out ones: 0.01 for new images;
            it sees a few copies among many new images, which a median does not) and
            ``near_copy_chance`` (how probable so large a share is among new images: that so many of
            them, in a random order, come before the 1 % of the held-out ones).
        """
        found, _ = nearest(features, self.training)
        # Where all real images are one picture there is no distance to compare with.
        if len(self.usual) == 0:
            return {}
        rank = math.ceil(NEARER_THAN * len(self.usual))
        near = int((found < self.usual.sort().values[rank - 1]).sum())
        total = len(found) + len(self.usual)
        chance = nhypergeom.sf(near - 1, total, len(found), rank) if near else 1.0
        return {
            "nearest_train_distance_ratio": float(found.median() / self.usual.median()),
            "near_copy_share": near / len(found),
            "near_copy_chance": float(chance),
        }

    def nearest_pairs(self, features: Tensor, count: int) -> list[tuple[int, int]]:
        """Returns the ``count`` images nearest to a training image, and to which, nearest first."""
        found, which = nearest(features.to(self.training.device), self.training)
        order = found.argsort(stable=True)[:count]
        return [(int(i), int(which[i])) for i in order]


def verdict(scores: Mapping[str, float]) -> str:
    """Says in words whether images are near to the training images, by :class:`Memorisation`."""
    if "near_copy_share" not in scores:
        return "cannot be told: the real images are all one picture"
    ratio, share = scores["nearest_train_distance_ratio"], scores["near_copy_share"]
    what = f"distance ratio {ratio:.2f}, {share:.1%} nearer than 99 % of undrawn images are"
    return f"{'copies of training images' if copied(scores) else 'no sign of copies'} ({what})"
