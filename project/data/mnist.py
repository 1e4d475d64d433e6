"""MNIST, or any data set in its four idx files (Fashion-MNIST), gzipped or not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from project.data.classes import wanted_classes
from project.data.idx_files import find_idx, read_idx
from project.data.image_files import CorruptImageError, identity, square
from project.data.source import Draw, ImageSource
from project.errors import UserError, nearest

STEMS = {"train": "train", "test": "t10k"}


class Mnist(ImageSource):
    """Grey images with class labels, white on black as they are stored.

    Images are ``1 x size x size``; labels are ``N x 1``. Where ``size`` is not that of the
    stored images, they are resized with antialiasing.

    Args:
        root: folder with the four idx files, or the one above torchvision's ``MNIST/raw``.
        split: ``train`` or ``test``.
        digits: class labels to keep, or ``all``.
        draw: which images are drawn, and how they are decoded.

    Raises:
        UserError: a file is missing, truncated, of another kind, or does not match the other; the
            split is unknown; ``digits`` is empty or names a class that the data lack.
    """

    def __init__(
        self,
        *,
        root: str | Path,
        split: str,
        digits: Sequence[int] | int | str,
        **draw: Unpack[Draw],
    ) -> None:
        if split not in STEMS:
            raise UserError(f"data.split={split} is unknown. {nearest(str(split), STEMS)}")
        self.root = Path(str(root))
        self._file = find_idx(self.root, f"{STEMS[split]}-images", 3)
        label_file = find_idx(self.root, f"{STEMS[split]}-labels", 1)
        images, classes = read_idx(self._file, 3), read_idx(label_file, 1)
        if len(images) != len(classes):
            raise UserError(
                f"{self._file} has {len(images)} images, but {label_file.name} beside it has "
                f"{len(classes)} labels. The two belong to different data sets or versions; take "
                "both from one."
            )
        kept = np.flatnonzero(np.isin(classes, wanted_classes(digits, np.unique(classes))))
        self._images: NDArray[np.uint8] = images[kept]
        self._identity = identity(self._file)
        self._digits = digits
        super().__init__(
            names=[f"{split}-{i:05d}" for i in kept],
            labels=classes[kept, None].astype(np.int64),
            label_names=("digit",),
            channels=1,
            **draw,
        )

    def test(self) -> Mnist:
        """Returns the test images of the same classes, all of them."""
        return Mnist(root=self.root, digits=self._digits, split="test", **self.whole)

    def describe(self) -> str:
        """Names the file that holds the images."""
        return f"the idx data set {self._file}"

    def file_identity(self, index: int) -> str:
        """Says which version of the file with all images this is."""
        return self._identity

    def decode(self, index: int) -> NDArray[np.uint8]:
        """Brings image ``index`` to ``1 x size x size``, uint8."""
        image: NDArray[np.uint8] = self._images[index]
        if image.shape == (self.size, self.size):
            return image[None]
        return square(Image.fromarray(image), self.size)

    def decode_many(
        self, indices: NDArray[np.int64]
    ) -> list[NDArray[np.uint8] | CorruptImageError]:
        """Takes images of the stored size straight out of the array."""
        if self._images.shape[1:] == (self.size, self.size):
            return list(self._images[indices, None])
        return super().decode_many(indices)

    def shorter_sides(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Returns the shorter side of the stored images for each."""
        return np.full(len(indices), min(self._images.shape[1:]))
