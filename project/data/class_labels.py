"""The classes that a conditional GAN is trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from project.data.source import ImageSet, ImageSource
from project.errors import UserError, nearest

FEWEST = 2  # classes


@dataclass(frozen=True)
class Classes:
    """The classes of a training set.

    Attributes:
        counts: name of each class -> how many images it has, in the order of their numbers.
        labels: name of each image -> the number of its class.
    """

    counts: Mapping[str, int]
    labels: Mapping[str, int]


def classes_of(source: ImageSource, images: ImageSet, conditional: object) -> Classes:
    """Reads ``conditional=``: ``true`` for sub-folders or breeds, or a list of attributes.

    Classes of attributes are what occurs of them together, as ``+Male -Smiling``.

    Args:
        source: where the images come from.
        images: those that were drawn.
        conditional: as the user wrote it.

    Raises:
        UserError: the data have no such classes, or the images are of one alone.
    """
    attributes = [conditional] if isinstance(conditional, str) else conditional
    if conditional is True:
        numbers, names = images.labels[:, :1].ravel(), tuple(source.classes)
        if not names:
            raise UserError(f"conditional=true needs classes, and {_lacks(source)}")
    elif isinstance(attributes, Sequence) and attributes:
        numbers, names = _combined(source, images, [str(name) for name in attributes])
    else:
        raise UserError(
            f"conditional={conditional} is not allowed. Give true (sub-folders or breeds), a list "
            "of attributes such as [Male,Smiling], or null."
        )
    there = [number for number in range(len(names)) if (numbers == number).any()]
    if len(there) < FEWEST:
        raise UserError(
            f"conditional={conditional} needs images of {FEWEST} classes or more, and all "
            f"{len(images)} are of {names[there[0]]}. Leave it out, or draw others."
        )
    renumbered = np.searchsorted(there, numbers)
    return Classes(
        counts={names[number]: int((numbers == number).sum()) for number in there},
        labels=dict(zip(images.names, map(int, renumbered), strict=True)),
    )


def _combined(
    source: ImageSource, images: ImageSet, attributes: Sequence[str]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Returns for each image the number of what it has of the attributes, and their names."""
    if source.classes or not images.label_names:
        raise UserError(
            f"conditional=[{','.join(attributes)}] names attributes, and {_lacks(source)}"
        )
    for name in attributes:
        if name not in images.label_names:
            raise UserError(
                f"conditional names '{name}', which is no attribute of {source.describe()}. "
                f"{nearest(name, images.label_names)}"
            )
    columns = [images.label_names.index(name) for name in attributes]
    weights = 2 ** np.arange(len(columns))[::-1]
    names = tuple(
        " ".join(
            f"{'+' if number & weight else '-'}{name}"
            for name, weight in zip(attributes, weights.tolist(), strict=True)
        )
        for number in range(2 ** len(columns))
    )
    return images.labels[:, columns] @ weights, names


def _lacks(source: ImageSource) -> str:
    if source.classes:
        return f"{source.describe()} has classes instead. Give conditional=true."
    if source.label_names:
        return (
            f"{source.describe()} has attributes instead. Name those to train on, such as "
            f"conditional=[{source.label_names[0]}]."
        )
    return (
        f"{source.describe()} has none: put the pictures of each class in a folder of its own, "
        "beside each other in data.root, or leave conditional= out."
    )
