"""Picks images by named attributes and signs: ``[+Bald,-No_Beard]`` is bald and bearded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from project.errors import UserError, nearest


def select_rows(
    labels: NDArray[np.int64], label_names: Sequence[str], select: Sequence[str] | None
) -> NDArray[np.int64]:
    """Finds the images that have every wanted attribute and none of the unwanted.

    Args:
        labels: ``N x A``, 0 or 1.
        label_names: the A columns of ``labels``.
        select: attribute names, each with a sign: ``+`` (or none) keeps the images that have it,
            ``-`` those that have it not. All must hold. None or an empty list keeps every image.

    Returns:
        Row numbers, ascending.

    Raises:
        UserError: an attribute is unknown, or no image is left.
    """
    wanted = [select] if isinstance(select, str) else [str(term) for term in select or ()]
    kept = np.ones(len(labels), np.bool_)
    for term in wanted:
        name = term.strip().lstrip("+-")
        if name not in label_names:
            raise UserError(
                f"data.select names the attribute '{term}', which these images do not have. "
                f"{nearest(name, label_names)}"
            )
        value = 0 if term.strip().startswith("-") else 1
        kept &= labels[:, list(label_names).index(name)] == value
    if wanted and not kept.any():
        raise UserError(
            f"data.select=[{','.join(wanted)}] leaves none of the {len(labels)} images: "
            "no image has all of these attributes. Name fewer, or turn a sign."
        )
    return np.flatnonzero(kept).astype(np.int64)
