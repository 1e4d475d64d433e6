"""How near generated images of each class are to the real ones of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from project.metrics.measures import Measures


class ByClass:
    """Distances within each class, from the features that all scores are computed from.

    Of few images a distance is large by itself: compare classes with the same class of another
    run, not with each other.

    Args:
        names: of the classes, in the order of their numbers.
        labels: name of each real image -> the number of its class.
        images: names of the real images.
        measures: which measures.
    """

    def __init__(
        self,
        *,
        names: Sequence[str],
        labels: Mapping[str, int],
        images: Sequence[str],
        measures: Measures,
    ) -> None:
        self.names = tuple(names)
        self.numbers = torch.tensor([labels[image] for image in images])
        self.measures = measures

    def scores(
        self, features: Tensor, numbers: Tensor, real: Tensor
    ) -> dict[str, dict[str, float]]:
        """Returns ``fid``, ``kid`` and ``kid_error`` by class; none of classes of too few images.

        Args:
            features: of generated images, ``N x D``.
            numbers: of their classes, ``N``.
            real: features of the real images, ``M x D``.
        """
        found = {}
        for number, name in enumerate(self.names):
            mine = features[(numbers == number).to(features.device)]
            theirs = real[(self.numbers == number).to(real.device)]
            if min(len(mine), len(theirs)) < self.measures.least:
                continue
            distances = self.measures.distances(mine.to(real.device), self.measures.real(theirs))
            found[name] = {"images": float(len(mine)), **distances}
        return found
