"""What an attribute classifier learns, and on which part of the images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from project.data.features import Feature, Rows, read_two, two_held
from project.data.source import ImageSet
from project.errors import UserError


class FeatureLabels:
    """What an attribute classifier learns, and on how many images of which part.

    Args:
        features: the two features, with signs.
        further: the F attributes that are learned beside them; from few images more is learned
            about a beard where moustaches and whose face it is are asked for as well.
        tuning: share of the images that it is calibrated on, whose base rates are its thresholds.
        held_out: share of the images that it is judged on.
        seed: of the parts.

    Raises:
        UserError: the features are not two, or the shares leave nothing to learn from.
    """

    def __init__(
        self,
        *,
        features: Sequence[str],
        further: Sequence[str],
        tuning: float,
        held_out: float,
        seed: int,
    ) -> None:
        read_two(features)
        if not (0 < tuning < 1 and 0 < held_out < 1 and tuning + held_out < 1):
            raise UserError(
                f"task.tuning={tuning} and task.held_out={held_out} must be shares above 0 "
                "that sum to less than 1."
            )
        self.features = features
        self.further = [Feature.read(name) for name in further]
        self.shares = {"tuning": tuning, "held_out": held_out}
        self.seed = seed

    def targets(self, images: ImageSet) -> NDArray[np.int64]:
        """Says which images have what is learned: the two features first, ``N x (2 + F)``.

        Raises:
            UserError: an attribute is unknown.
        """
        try:
            held = [feature.held_by(images, "further")[:, None] for feature in self.further]
        except UserError as error:
            raise UserError(
                f"{error} For a classifier of the two features alone take further=[]."
            ) from error
        return np.concatenate([two_held(self.features, images), *held], axis=1).astype(np.int64)

    def parts(self, images: ImageSet) -> dict[str, Rows]:
        """Divides the images, each combination of the two features by itself.

        Returns:
            rows of ``learning``, ``tuning`` and ``held_out``.
        """
        held = two_held(self.features, images)
        found: dict[str, list[Rows]] = {"learning": [], "tuning": [], "held_out": []}
        for number in range(4):
            group = np.flatnonzero((held[:, 0] == number // 2) & (held[:, 1] == number % 2))
            order = np.random.default_rng([self.seed, number]).permutation(group)
            first = round(self.shares["tuning"] * len(order))
            second = first + round(self.shares["held_out"] * len(order))
            for name, rows in zip(
                ("tuning", "held_out", "learning"), np.split(order, [first, second]), strict=True
            ):
                found[name].append(rows)
        return {name: np.sort(np.concatenate(rows)) for name, rows in found.items()}

    def check(self, images: ImageSet) -> None:
        """Checks that the images allow it.

        Raises:
            UserError: an attribute is unknown, or a part has no image with it, or none without.
        """
        held = self.targets(images)[:, :2]
        for name, rows in self.parts(images).items():
            for feature, column in zip(read_two(self.features), held[rows].T, strict=True):
                if not 0 < int(column.sum()) < len(column):
                    raise UserError(
                        f"{int(column.sum())} of the {len(column)} images of the part '{name}' "
                        f"have the feature {feature}; some must have it and some not. Take more "
                        "images (n=null takes all), or another feature."
                    )
