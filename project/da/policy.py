"""The joined data set: originals and DA images, frozen before training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from project.da.kind import Generate, Kind
from project.da.manifest import ManifestRow
from project.da.ratio import Ratio
from project.data.source import ImageSet
from project.errors import UserError


@dataclass(frozen=True)
class JoinedSet:
    """Originals first, then the DA images, kind by kind.

    Attributes:
        images: ``N x C x H x W``, uint8.
        manifest: N rows, one for each image, then the skipped files.
    """

    images: NDArray[np.uint8]
    manifest: tuple[ManifestRow, ...]


class Policy:
    """Which DA kinds, how many DA images, in which ratio (Study A, procedure).

    Args:
        kinds: DA kinds by name, in the order in which the ratio counts them.
        size: number of DA images, or ``all``: as many as there are originals.
        ratio: ``a:b``, or None for equal shares.
        seed: decides which originals become DA images, and the noise of `gen`.

    Raises:
        UserError: the size or the ratio is not one, or the ratio does not fit the kinds.
    """

    def __init__(
        self, *, kinds: Mapping[str, Kind], size: int | str, ratio: str | None, seed: int
    ) -> None:
        if size != "all" and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
            raise UserError(
                f"da.size={size} is not a number of images. Allowed: 0, 1, 2, ... or all (as many "
                "as there are originals)."
            )
        self.kinds = dict(kinds)
        self.size = size
        self.ratio = Ratio.equal(len(self.kinds)) if ratio is None else Ratio.parse(ratio)
        self.seed = seed
        if len(self.ratio.parts) != len(self.kinds):
            raise UserError(
                f"ratio={ratio} has {len(self.ratio.parts)} part(s), but the DA policy has "
                f"{len(self.kinds)} kind(s): {', '.join(self.kinds) or 'none'}. Give one part per "
                "kind, or leave the ratio out for equal shares."
            )

    def counts(self, originals: int) -> dict[str, int]:
        """Returns the number of DA images of each kind, for so many originals."""
        if not self.kinds:
            return {}
        total = originals if self.size == "all" else int(self.size)
        return dict(zip(self.kinds, self.ratio.shares(total), strict=True))

    def join(self, originals: ImageSet, generate: Generate | None) -> JoinedSet:
        """Joins originals and DA images (Study A, procedure, step 4).

        Args:
            originals: the images to augment.
            generate: the GAN of the originals, for the kind that needs one.
        """
        images = [originals.images]
        rows = [ManifestRow("original", name, "{}") for name in originals.names]
        # A generator for each kind: what one draws does not depend on which others are there.
        for name, count in self.counts(len(originals)).items():
            if count == 0:
                continue
            rng = np.random.default_rng([self.seed, *name.encode()])
            made = self.kinds[name].draw(originals, count, rng, generate)
            images.append(made.images)
            rows += [
                ManifestRow(name, source, json.dumps(dict(parameters), sort_keys=True))
                for source, parameters in zip(made.sources, made.parameters, strict=True)
            ]
        rows += [ManifestRow("skipped", name, "{}") for name in originals.skipped]
        return JoinedSet(images=np.concatenate(images), manifest=tuple(rows))
