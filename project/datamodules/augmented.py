"""Study A's training set: originals joined with DA images, in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from project.da.kind import Generate
from project.da.manifest import write_manifest
from project.da.policy import JoinedSet, Policy
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
        batch_size: m.
        seed: of the order of the images.

    Raises:
        UserError: the images are grey.
    """

    pixel_range = (-1.0, 1.0)

    def __init__(
        self,
        *,
        source: ImageSource,
        training: ImageSet,
        da: Policy,
        generate: Generate | None,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__()
        if source.channels != 3:
            raise UserError(
                f"Study A trains on colour images, but {source.describe()} is grey. "
                "Allowed: data=celeba, pets, folder, faces."
            )
        self.originals = training
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
            self.labels = np.zeros((len(self.images), 0), np.int64)
            if self.trainer is not None and self.trainer.is_global_zero:
                write_manifest(self.joined.manifest, Path(self.trainer.default_root_dir))
