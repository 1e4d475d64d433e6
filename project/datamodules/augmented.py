"""Study A's training set: originals joined with DA images, in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from project.da.kind import Generate
from project.da.manifest import write_manifest
from project.da.policy import JoinedSet, Policy
from project.data.class_labels import Classes
from project.data.source import ImageSet, ImageSource
from project.datamodules.batches import ShuffledDataModule
from project.errors import UserError


class AugmentedImages(ShuffledDataModule):
    """The originals and their DA images, frozen before training (Study A, procedure, step 4).

    Args:
        source: where the originals come from.
        training: the originals.
        da: the DA policy.
        generate: the GAN of the originals; None where the policy needs none.
        classes: those that the GAN is told; None where it is told none.
        batch_size: m.
        seed: of the order of the images.

    Raises:
        UserError: the images are grey, or DA images would be of no known class.
    """

    pixel_range = (-1.0, 1.0)

    def __init__(
        self,
        *,
        source: ImageSource,
        training: ImageSet,
        da: Policy,
        generate: Generate | None,
        classes: Classes | None,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        if source.channels != 3:
            raise UserError(
                f"Study A trains on colour images, but {source.describe()} is grey. "
                "Allowed: data=celeba, pets, folder, faces."
            )
        if classes and da.counts(len(training)).get("gen"):
            raise UserError(
                "A generated image is of no known class, so da=gen does not go with conditional=. "
                "Leave one of them out."
            )
        self.originals = training
        self.classes = classes
        self.da = da
        self.generate = generate
        self.batch_size = batch_size
        self.seed = seed
        self.joined: JoinedSet | None = None

    def count(self) -> int:
        """Returns the number of originals and DA images."""
        originals = len(self.originals)
        return originals + sum(self.da.counts(originals).values())

    def setup(self, stage: str) -> None:
        """Makes the DA images, once, and writes down what they are."""
        if self.joined is None:
            self.joined = self.da.join(self.originals, self.generate)
            self.images = self.joined.images
            self.labels = self._labels(self.joined)
            if self.trainer is not None and self.trainer.is_global_zero:
                write_manifest(self.joined.manifest, Path(self.trainer.default_root_dir))

    def _labels(self, joined: JoinedSet) -> NDArray[np.int64]:
        """Returns the class of each image, ``N x 1``: a DA image's is its original's."""
        if self.classes is None:
            return np.zeros((len(joined.images), 0), np.int64)
        trained = joined.manifest[: len(joined.images)]
        return np.array([[self.classes.labels[row.source]] for row in trained], np.int64)
