"""Built-in handwritten digits: scikit-learn's 1797 scans of 8 x 8, brought to MNIST's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from project.data.classes import wanted_classes
from project.data.source import Draw, ImageSource
from project.errors import UserError

# Part of every cache key: raise it whenever a pixel changes.
DRAWING_VERSION = 1
SMALLEST = 8
# Neighbouring scans are often by one writer, so the partition is one cut and not a mixture.
FIRST_TEST = 1437
# MNIST fits a digit in a box of 20 x 20 pixels in the middle of 28 x 28.
BOX_SHARE = 20 / 28
# A scan's brightest value is 16.
BRIGHTEST = 16.0
# Enlarging blurs the strokes' edges; this brings them back to about MNIST's, still grey.
EDGE_GAIN = 1.8


class Digits(ImageSource):
    """Real handwritten digits, white on black, grey ``1 x size x size``, uint8.

    Args:
        digits: the classes to keep: ``all``, or a list of digits from 0 to 9.
        split: ``train`` (the first 1437 scans), ``test`` (the last 360), or None for all 1797.
        draw: which images are drawn, and how they are decoded.

    Raises:
        UserError: an argument is outside its range.
    """

    def __init__(
        self,
        *,
        digits: str | Sequence[int],
        split: str | None,
        **draw: Unpack[Draw],
    ) -> None:
        if draw["size"] < SMALLEST:
            raise UserError(
                f"size={draw['size']} is too small for digits. Allowed: {SMALLEST} or more."
            )
        rows = _rows_of(split)
        # Late: scikit-learn takes half a second that other data sets need not wait for.
        from sklearn.datasets import load_digits

        scans = load_digits()
        classes = wanted_classes(digits, np.unique(scans.target))
        kept = rows[np.isin(scans.target[rows], classes)]
        self.scans: NDArray[np.float32] = scans.images[kept].astype(np.float32)
        self.split = split
        self._digits = digits
        super().__init__(
            names=[f"digit_{row:04d}" for row in kept],
            labels=scans.target[kept].astype(np.int64)[:, None],
            label_names=("digit",),
            channels=1,
            **draw,
        )

    def test(self) -> Digits:
        """Returns the test images of the same classes, all of them."""
        return Digits(digits=self._digits, split="test", **self.whole)

    def describe(self) -> str:
        """Names the data set."""
        part = "all of them" if self.split is None else f"data.split={self.split}"
        return f"the built-in digits ({part})"

    def file_identity(self, index: int) -> str:
        """Says which scan the image was enlarged from, by its pixels."""
        return f"drawing {DRAWING_VERSION}, {self.scans[index].astype(np.uint8).tobytes().hex()}"

    def decode(self, index: int) -> NDArray[np.uint8]:
        """Enlarges scan ``index``: ``1 x size x size``, uint8."""
        return enlarge(self.scans[index], self.size)[None]


def enlarge(scan: NDArray[np.float32], size: int) -> NDArray[np.uint8]:
    """Brings a scan to the middle of a black square, as MNIST does.

    Args:
        scan: ``8 x 8``, from 0 to 16.
        size: side of the square in pixels.

    Returns:
        ``size x size``, uint8, white on black.
    """
    # Two dark pixels around the 8, so that strokes which touch the scan's edge fade out, too.
    framed = np.pad(scan / BRIGHTEST, 2)
    spare = (framed.shape[0] - scan.shape[0] / BOX_SHARE) / 2
    window = (spare, spare, framed.shape[0] - spare, framed.shape[0] - spare)
    picture = Image.fromarray(framed)
    smooth = np.asarray(picture.resize((size, size), Image.Resampling.BICUBIC, box=window))
    strokes = np.clip((smooth - 0.5) * EDGE_GAIN + 0.5, 0.0, 1.0)
    image: NDArray[np.uint8] = np.rint(strokes * 255).astype(np.uint8)
    return image


def _rows_of(split: str | None) -> NDArray[np.int64]:
    rows = np.arange(1797)
    parts = {None: rows, "train": rows[:FIRST_TEST], "test": rows[FIRST_TEST:]}
    if split not in parts:
        raise UserError(f"data.split={split} is unknown. Allowed: train, test, or null for both.")
    return parts[split]
