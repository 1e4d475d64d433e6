"""Images to learn two features from."""

from __future__ import annotations

from project.data.feature_labels import FeatureLabels
from project.data.source import ImageSet
from project.datamodules.batches import ShuffledDataModule


class AttributeImages(ShuffledDataModule):
    """The images that are learned from, and which of two features each has (Study B, measure).

    Batches are `Batch(images m x 3 x H x W in [0, 1], labels m x (2 + F))`.

    Args:
        training: all images.
        task: the features, and the shares of the three parts.
        batch_size: m.
        seed: of the order of the images.
    """

    pixel_range = (0.0, 1.0)

    def __init__(
        self, *, training: ImageSet, task: FeatureLabels, batch_size: int, seed: int
    ) -> None:
        super().__init__()
        self.batch_size = batch_size
        self.seed = seed
        learned = task.parts(training)["learning"]
        self.images = training.images[learned]
        self.labels = task.targets(training)[learned]
