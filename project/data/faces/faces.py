"""Built-in faces: drawn by a program, with labels that are exact. No download, no files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from project.data.faces.drawing import DRAWING_VERSION, draw_face
from project.data.faces.traits import LABEL_NAMES, Rates, draw_traits, label_row
from project.data.features import Labels, select_rows
from project.data.source import Draw, ImageSource
from project.errors import UserError

SMALLEST, LARGEST = 16, 512


class Faces(ImageSource):
    """A pool of drawn faces, labelled in CelebA's spelling.

    Images are ``3 x size x size``, uint8. Face ``i`` of a pool is the same however many there are,
    and its traits are independent of each other. Labels need no drawing.

    Args:
        total: how many faces the pool has, before ``select``.
        pool_seed: which pool; ``seed`` is what is drawn from it.
        p_bald: share of faces without hair on top, 0 to 1.
        p_beard: share with a beard (half full, the rest goatee or stubble), 0 to 1.
        p_smiling: share that smile, 0 to 1.
        p_eyeglasses: share with glasses, 0 to 1.
        select: signed attribute names that all must hold, or None.
        draw: which images are drawn, and how they are decoded.

    Raises:
        UserError: an argument is outside its range, or ``select`` leaves no face.
    """

    def __init__(
        self,
        *,
        total: int,
        pool_seed: int,
        p_bald: float,
        p_beard: float,
        p_smiling: float,
        p_eyeglasses: float,
        select: Sequence[str] | None,
        **draw: Unpack[Draw],
    ) -> None:
        if total < 1:
            raise UserError(f"data.total={total} faces cannot be drawn. Allowed: 1 or more.")
        if pool_seed < 0:
            raise UserError(f"data.pool_seed={pool_seed} is no seed. Allowed: 0 or more.")
        if not SMALLEST <= draw["size"] <= LARGEST:
            raise UserError(
                f"size={draw['size']} is outside what the built-in faces can be drawn at. "
                f"Allowed: {SMALLEST} to {LARGEST} pixels."
            )
        shares = {
            "bald": p_bald,
            "beard": p_beard,
            "smiling": p_smiling,
            "eyeglasses": p_eyeglasses,
        }
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise UserError(f"data.p_{name}={share} is no share. Allowed: 0 to 1.")
        self.pool_seed = pool_seed
        self.rates = Rates(**shares)
        rows = [label_row(draw_traits(pool_seed, index, self.rates)) for index in range(total)]
        labels = np.array(rows, np.int64)
        self.faces = select_rows(Labels(labels, LABEL_NAMES), select)
        super().__init__(
            names=[f"face_{index:06d}" for index in self.faces],
            labels=labels[self.faces],
            label_names=LABEL_NAMES,
            channels=3,
            **draw,
        )

    def describe(self) -> str:
        """Names the data set."""
        return f"the built-in faces (data.pool_seed={self.pool_seed})"

    def file_identity(self, index: int) -> str:
        """Says which program drew the face, and from what."""
        return (
            f"drawing {DRAWING_VERSION}, pool {self.pool_seed}, {self.faces[index]}, {self.rates}"
        )

    def decode(self, index: int) -> NDArray[np.uint8]:
        """Draws face ``index``: ``3 x size x size``, uint8."""
        traits = draw_traits(self.pool_seed, int(self.faces[index]), self.rates)
        return draw_face(traits, self.size)
