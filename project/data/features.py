"""Two named features: which images have which, and what must hold before they are trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from project.data.source import ImageSet
from project.errors import UserError, nearest
from project.runs import run_folder

Rows = NDArray[np.int64]
# The experiments whose D can be D_1 or D_2.
OF_ONE_FEATURE = ("two_feature_single", "two_feature_detector")


class Feature(NamedTuple):
    """A signed attribute.

    Attributes:
        name: of the attribute.
        value: 1 where the feature is to have it, 0 where it is to lack it.
    """

    name: str
    value: int

    @classmethod
    def read(cls, written: str) -> Feature:
        """Reads ``+Bald``, ``Bald`` or ``-No_Beard``."""
        word = str(written).strip()
        return cls(word.lstrip("+-"), 0 if word.startswith("-") else 1)

    def __str__(self) -> str:
        return f"{'+' if self.value else '-'}{self.name}"

    def held_by(self, images: ImageSet, key: str) -> NDArray[np.bool_]:
        """Says which images have the feature, ``N``.

        Args:
            images: with attributes.
            key: what the user wrote it in, for the message.

        Raises:
            UserError: the attribute is unknown.
        """
        if self.name not in images.label_names:
            raise UserError(
                f"{key} names the attribute '{self.name}', which these images do not have. "
                f"{nearest(self.name, images.label_names) if images.label_names else ''}".strip()
            )
        column = images.labels[:, images.label_names.index(self.name)]
        held: NDArray[np.bool_] = column == self.value
        return held


def read_two(features: Sequence[str]) -> tuple[Feature, Feature]:
    """Reads ``features=[-No_Beard,+Bald]``.

    Raises:
        UserError: they are not two, or twice the same attribute.
    """
    if not isinstance(features, Sequence) or isinstance(features, str) or len(features) != 2:
        raise UserError(
            f"features={features} does not name two: it must be two attributes with their signs, "
            "such as features=[-No_Beard,+Bald]."
        )
    first, second = map(Feature.read, features)
    if first.name == second.name:
        raise UserError(
            f"features=[{first},{second}] names '{first.name}' twice. Name two attributes, such as "
            "features=[-No_Beard,+Bald]."
        )
    return first, second


def two_held(features: Sequence[str], images: ImageSet) -> NDArray[np.bool_]:
    """Says which images have which of the two features, ``N x 2``.

    Raises:
        UserError: an attribute is unknown, or the two are one.
    """
    pair = read_two(features)
    return np.stack([feature.held_by(images, "features") for feature in pair], axis=1)


def both(sets: Sequence[Rows]) -> Rows:
    """Returns the images that are in both of two sets."""
    one, two = sets
    return np.intersect1d(one, two)


class Plan(Protocol):
    """What of the stages matters here."""

    @property
    def need_discriminators(self) -> bool:
        """Whether a term looks at D_1 and D_2."""

    @property
    def take_both(self) -> bool:
        """Whether a stage takes images that have both features."""


class WantedFeatures:
    """What a GAN is trained on; torch-free, so that a slip is answered before any training.

    Args:
        features: the two features, with signs.
        trained: those of them that the GAN sees images of: both, or one (STEP 1, STEP 2).
        exclude_both: leave out the images that have both features.
        batch_size: m.
        stages: of the training.

    Raises:
        UserError: the features are not two, the batch is odd, or the stages take images that are
            left out.
    """

    joint = False

    def __init__(
        self,
        *,
        features: Sequence[str],
        trained: Sequence[str],
        exclude_both: bool,
        batch_size: int,
        stages: Plan,
    ) -> None:
        read_two(features)
        self.features = features
        self.trained = [Feature.read(feature) for feature in trained]
        self.exclude_both = exclude_both
        self.batch_size = batch_size
        if len(self.trained) > 1 and batch_size % 2:
            raise UserError(
                f"datamodule.batch_size={batch_size} is odd, but half a batch is drawn from each "
                f"feature. Give an even number, such as {batch_size + 1}."
            )
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
        if stages.need_discriminators and not self.joint:
            raise UserError(
                "A stage gives a weight to L_DM3, L_GM2 or L_GM3, which look at D_1 and D_2. Only "
                "experiment=two_feature_joint has them; take stages=alternation here."
            )

    def rows(self, images: ImageSet) -> list[Rows]:
        """Returns the images of each trained feature, as row numbers.

        Raises:
            UserError: an attribute is unknown, or a feature has fewer images than a batch.
        """
        allowed: NDArray[np.bool_] = np.ones(len(images), np.bool_)
        if self.exclude_both:
            allowed = np.logical_not(two_held(self.features, images).all(axis=1))
        found = []
        for feature in self.trained:
            held = feature.held_by(images, "features" if len(self.trained) > 1 else "feature")
            rows = np.flatnonzero(held & allowed).astype(np.int64)
            alone = " alone" if self.exclude_both else ""
            self._check_enough(rows, images, f"have the feature {feature}{alone}")
            found.append(rows)
        if self.take_both:
            self._check_enough(both(found), images, "have both features")
        return found

    def _check_enough(self, rows: Rows, images: ImageSet, what: str) -> None:
        if len(rows) < self.batch_size:
            raise UserError(
                f"{len(rows)} of the {len(images)} images {what}, fewer than a batch of "
                f"{self.batch_size}. Take more images (n=null takes all), another feature, or a "
                "smaller datamodule.batch_size."
            )

    def check(self, images: ImageSet) -> None:
        """Holds the wish against the data.

        Raises:
            UserError: it does not fit.
        """
        two_held(self.features, images)
        self.rows(images)


class DetectorFeatures(WantedFeatures):
    """What a detector of one feature is trained on: images with it, and images without it."""

    def rows(self, images: ImageSet) -> list[Rows]:
        """Returns the images with the feature, then those without it, as row numbers.

        Raises:
            UserError: the attribute is unknown, or either are fewer than a batch.
        """
        (held,) = super().rows(images)
        without = ~self.trained[0].held_by(images, "feature")
        rows = np.flatnonzero(without).astype(np.int64)
        self._check_enough(rows, images, f"lack the feature {self.trained[0]}")
        return [held, rows]


class JointFeatures(WantedFeatures):
    """Solution 2, which looks at a D_1 and a D_2 that were trained before.

    Args:
        features: the two features, with signs.
        trained: both of them.
        exclude_both: leave out the images that have both features.
        batch_size: m.
        stages: of the training.
        D_1: run folder of the one of feature 1; None: found, or trained.
        D_2: the same of feature 2.
    """

    joint = True

    def __init__(
        self,
        *,
        features: Sequence[str],
        trained: Sequence[str],
        exclude_both: bool,
        batch_size: int,
        stages: Plan,
        D_1: str | None,
        D_2: str | None,
    ) -> None:
        super().__init__(
            features=features,
            trained=trained,
            exclude_both=exclude_both,
            batch_size=batch_size,
            stages=stages,
        )
        self.runs = {"D_1": D_1, "D_2": D_2}

    def check(self, images: ImageSet) -> None:
        """Holds the wish against the data, and the named runs against the wish."""
        super().check(images)
        for (name, folder), feature in zip(self.runs.items(), self.trained, strict=True):
            if folder is not None:
                self._check_run(f"{name}={folder}", Path(folder), feature, images.fingerprint)

    def _check_run(self, told: str, folder: Path, feature: Feature, fingerprint: str) -> None:
        result = run_folder.require(folder, told)
        words = dict(word.partition("=")[::2] for word in map(str, result.get("overrides", [])))
        end = (
            f"Name a run of {' or '.join(OF_ONE_FEATURE)} with feature={feature}, or leave it out "
            "to train one."
        )
        if result.get("experiment") not in OF_ONE_FEATURE:
            raise UserError(f"{told} is a run of {result.get('experiment')}. {end}")
        if Feature.read(words.get("feature", "")) != feature:
            raise UserError(f"{told} was trained on the feature {words.get('feature')}. {end}")
        if result.get("data", {}).get("fingerprint") != fingerprint:
            source = result.get("data", {}).get("source", "unknown")
            raise UserError(
                f"{told} was trained on other images, or in another size ({source}). {end}"
            )
        if self.exclude_both and words.get("exclude_both", "").lower() != "true":
            raise UserError(f"{told} has seen images with both features. {end}")
        if result.get("status") != "finished":
            raise UserError(f"{told} is a run that did not finish. Resume it: resume={folder}.")


class LabelledFeatures:
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
                f"wanted.tuning={tuning} and wanted.held_out={held_out} must be shares above 0 "
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
                f"{error} For GANs of data=faces take judges=drawn, for a classifier of the two "
                "features alone further=[]."
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
        """Holds the wish against the data.

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
