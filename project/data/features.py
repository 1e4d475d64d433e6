"""Features: signed attributes, which images have them, and two of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from project.errors import UserError, nearest

Rows = NDArray[np.int64]


class Labelled(Protocol):
    """Images with attributes, such as an :class:`ImageSet`."""

    @property
    def labels(self) -> NDArray[np.int64]:
        """``N x A``, 0 or 1."""

    @property
    def label_names(self) -> Sequence[str]:
        """The A columns of ``labels``."""


class Labels(NamedTuple):
    """Attributes of images that are not decoded yet."""

    labels: NDArray[np.int64]
    label_names: Sequence[str]


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

    def held_by(self, images: Labelled, key: str) -> NDArray[np.bool_]:
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
        column = images.labels[:, list(images.label_names).index(self.name)]
        held: NDArray[np.bool_] = column == self.value
        return held


def select_rows(images: Labelled, select: Sequence[str] | str | None) -> Rows:
    """Finds the images that have all features of ``data.select``.

    Args:
        images: with attributes.
        select: such as ``[+Bald, -No_Beard]``; None or an empty list keeps every image.

    Returns:
        Row numbers, ascending.

    Raises:
        UserError: an attribute is unknown, or no image is left.
    """
    written = [select] if isinstance(select, str) else [str(term) for term in select or ()]
    kept = np.ones(len(images.labels), np.bool_)
    for term in written:
        kept &= Feature.read(term).held_by(images, "data.select")
    if written and not kept.any():
        raise UserError(
            f"data.select=[{','.join(written)}] leaves none of the {len(kept)} images: "
            "no image has all of these attributes. Name fewer, or turn a sign."
        )
    return np.flatnonzero(kept).astype(np.int64)


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


def two_held(features: Sequence[str], images: Labelled) -> NDArray[np.bool_]:
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
