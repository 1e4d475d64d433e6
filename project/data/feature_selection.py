"""Which images a GAN of two features is trained on, and what must hold before it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from project.data.features import Feature, Rows, both, read_two, two_held
from project.data.source import ImageSet
from project.errors import UserError


class Plan(Protocol):
    """What of the stages matters here."""

    @property
    def need_discriminators(self) -> bool:
        """Whether a term looks at D_1 and D_2."""

    @property
    def take_both(self) -> bool:
        """Whether a stage takes images that have both features."""


class _Selection:
    """Images of features, perhaps without those that have both; a batch of them at least."""

    def __init__(self, features: Sequence[str], exclude_both: bool, batch_size: int) -> None:
        read_two(features)
        self.features = features
        self.exclude_both = exclude_both
        self.batch_size = batch_size

    def having(self, feature: Feature, images: ImageSet, key: str) -> Rows:
        held = feature.held_by(images, key)
        if self.exclude_both:
            held &= ~two_held(self.features, images).all(axis=1)
        alone = " alone" if self.exclude_both else ""
        rows = np.flatnonzero(held)
        check_enough(rows, images, self.batch_size, f"have the feature {feature}{alone}")
        return rows


class FeatureSelection(_Selection):
    """The images of two features; torch-free, so that a slip is answered before any training.

    Args:
        features: the two features, with signs.
        trained: those of them that the GAN sees images of: both, or one (STEP 1, STEP 2).
        exclude_both: leave out the images that have both features.
        batch_size: m.
        stages: of the training.
        discriminators: names of those that the stages may look at: D_1 and D_2, or none.

    Raises:
        UserError: the features are not two, the batch is odd, or the stages take images that are
            left out.
    """

    def __init__(
        self,
        *,
        features: Sequence[str],
        trained: Sequence[str],
        exclude_both: bool,
        batch_size: int,
        stages: Plan,
        discriminators: Sequence[str],
    ) -> None:
        super().__init__(features, exclude_both, batch_size)
        self.trained = [Feature.read(feature) for feature in trained]
        if len(self.trained) > 1:
            check_even(batch_size, "is drawn from each feature")
        self.take_both = stages.take_both
        if self.take_both and exclude_both:
            raise UserError(
                "A stage has real=both, but exclude_both=true leaves the images with both features "
                "out. Take real=halves there, as stages=tuned does, or exclude_both=false."
            )
        if self.take_both and len(self.trained) < 2:
            raise UserError(
                "A stage has real=both, but the training is on one feature. Allowed here: "
                "alternate, halves, union."
            )
        if stages.need_discriminators and not discriminators:
            raise UserError(
                "A stage gives a weight to L_DM3, L_GM2 or L_GM3, which look at D_1 and D_2. Only "
                "experiment=two_feature_joint has them; take stages=alternation here."
            )

    def rows(self, images: ImageSet) -> list[Rows]:
        """Returns the images of each trained feature, as row numbers.

        Raises:
            UserError: an attribute is unknown, or a feature has fewer images than a batch.
        """
        key = "features" if len(self.trained) > 1 else "feature"
        found = [self.having(feature, images, key) for feature in self.trained]
        if self.take_both:
            check_enough(both(found), images, self.batch_size, "have both features")
        return found

    def check(self, images: ImageSet) -> None:
        """Checks that the images allow it.

        Raises:
            UserError: it does not fit.
        """
        two_held(self.features, images)
        self.rows(images)


class DetectorSelection(_Selection):
    """Images with a feature, and images without it; torch-free as well.

    Args:
        features: the two features of the study, with signs.
        feature: the one that is detected.
        exclude_both: leave out the images that have both features.
        batch_size: m, of which half has the feature.

    Raises:
        UserError: the features are not two, or the batch is odd.
    """

    def __init__(
        self, *, features: Sequence[str], feature: str, exclude_both: bool, batch_size: int
    ) -> None:
        super().__init__(features, exclude_both, batch_size)
        check_even(batch_size, "has the feature")
        self.feature = Feature.read(feature)

    def rows(self, images: ImageSet) -> list[Rows]:
        """Returns the images with the feature, then those without it, as row numbers.

        Raises:
            UserError: the attribute is unknown, or either are fewer than a batch.
        """
        with_it = self.having(self.feature, images, "feature")
        without = np.flatnonzero(~self.feature.held_by(images, "feature"))
        check_enough(without, images, self.batch_size, f"lack the feature {self.feature}")
        return [with_it, without]

    def check(self, images: ImageSet) -> None:
        """Checks that the images allow it.

        Raises:
            UserError: they do not.
        """
        self.rows(images)


def check_even(batch_size: int, half: str) -> None:
    """Checks that a batch can be halved.

    Raises:
        UserError: it cannot.
    """
    if batch_size % 2:
        raise UserError(
            f"datamodule.batch_size={batch_size} is odd, but half a batch {half}. Give an even "
            f"number, such as {batch_size + 1}."
        )


def check_enough(rows: Rows, images: ImageSet, batch_size: int, which: str) -> None:
    """Checks that there is a batch of images.

    Raises:
        UserError: there are fewer.
    """
    if len(rows) < batch_size:
        raise UserError(
            f"{len(rows)} of the {len(images)} images {which}, fewer than a batch of "
            f"{batch_size}. Take more images (n=null takes all), another feature, or a "
            "smaller datamodule.batch_size."
        )
