"""Labelled images in memory, as they are."""

from __future__ import annotations

import numpy as np

from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import ShuffledDataModule
from project.errors import UserError


class LabelledImages(ShuffledDataModule):
    """The images of a data set with their labels, pixels in [0, 1] (Studies C and D).

    Batches are `Batch(images m x 1 x H x W, labels m x 1)`.

    Args:
        source: where the images come from.
        training: the images.
        batch_size: m.
        seed: of the order of the images.
        least_images: an epoch repeats a smaller data set up to so many images; 0 never does.

    Raises:
        UserError: the images are not grey ones of one class each.
    """

    pixel_range = (0.0, 1.0)

    def __init__(
        self,
        *,
        source: ImageSource,
        training: ImageSet,
        batch_size: int,
        seed: int,
        least_images: int,
    ) -> None:
        super().__init__()
        check_classes(source)
        self.batch_size = batch_size
        self.seed = seed
        copies = max(1, -(-least_images // len(training)))
        self.images = np.tile(training.images, (copies, 1, 1, 1))
        self.labels = np.tile(training.labels, (copies, 1))


def check_classes(source: ImageSource) -> None:
    """Checks that a data set holds grey images with one class label each.

    Raises:
        UserError: it does not.
    """
    if source.channels != 1 or len(source.label_names) != 1:
        raise UserError(
            f"Grey images with one class each are needed, but {source.describe()} has others. "
            "Allowed: data=mnist, digits."
        )
