"""The joined data set: originals and DA images, frozen before training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from project.da.adaptive import Adaptive
from project.da.kind import Generate, Kind, Transform
from project.da.manifest import ManifestRow
from project.da.ratio import Ratio
from project.data.source import ImageSet
from project.errors import UserError, nearest

if TYPE_CHECKING:
    import torch
    from torch import Tensor

OFFLINE, ONLINE, DIFFERENTIABLE = MODES = ("offline", "online", "differentiable")
ADAPTIVE = "adaptive"


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
        mode: ``offline``: DA images are made once, before the training, and join the originals;
            ``online``: the kinds are drawn anew for each real image that is shown;
            ``differentiable``: for each image that D sees, real and generated alike, in D's step
            and in G's (DiffAugment, Zhao et al. 2020).
        p: of the latter two: probability of each kind for each image, from 0 to 1, or
            ``adaptive``; offline, 0 makes no DA images.
        adaptive: how p follows D.
        size: offline: number of DA images, or ``all``: as many as there are originals.
        ratio: ``a:b``, or None for equal shares; not offline, the kind with the largest part is
            drawn with probability p, the others in proportion.
        seed: decides which originals become DA images, the noise of `gen`, and all parameters.

    Raises:
        UserError: a value is not allowed, or does not fit the kinds or the mode.
    """

    def __init__(
        self,
        *,
        kinds: Mapping[str, Kind],
        mode: str,
        p: float | str,
        adaptive: Adaptive,
        size: int | str,
        ratio: str | None,
        seed: int,
    ) -> None:
        if size != "all" and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
            raise UserError(
                f"da.size={size} is not a number of images. Allowed: 0, 1, 2, ... or all (as many "
                "as there are originals)."
            )
        self.kinds = dict(kinds)
        self.mode = mode
        self.p = p
        self.adaptive = adaptive
        self.size = size
        self.ratio = Ratio.equal(len(self.kinds)) if ratio is None else Ratio.parse(ratio)
        self.seed = seed
        if len(self.ratio.parts) != len(self.kinds):
            parts, there = len(self.ratio.parts), len(self.kinds)
            named = f"{there} kind{'s' * (there > 1)}: {', '.join(self.kinds)}"
            raise UserError(
                f"ratio={ratio} has {parts} part{'s' * (parts > 1)}, but the DA policy has "
                f"{named if there else 'no kind'}. Give one part per kind, or leave the ratio out "
                "for equal shares."
            )
        self._check_mode()

    def _check_mode(self) -> None:
        if self.mode not in MODES:
            raise UserError(f"da.mode={self.mode} is unknown. {nearest(str(self.mode), MODES)}")
        number = isinstance(self.p, int | float) and not isinstance(self.p, bool)
        if self.p != ADAPTIVE and not (number and 0 <= float(self.p) <= 1):
            raise UserError(f"da.p={self.p} is not allowed. Give 0 to 1, or adaptive.")
        if self.p == ADAPTIVE and self.mode != DIFFERENTIABLE:
            raise UserError(
                "da.p=adaptive follows what D says of augmented images, real and generated alike: "
                f"da.mode={self.mode} has none. Add da.mode=differentiable, or give a number."
            )
        if self.mode == OFFLINE:
            return
        whole = [name for name, kind in self.kinds.items() if not isinstance(kind, Transform)]
        if whole:
            raise UserError(
                f"{whole[0]} makes images of its own, and not one out of another, as "
                f"da.mode={self.mode} needs it. Allowed for it: da.mode=offline."
            )
        if self.size != "all":
            raise UserError(
                f"da.size={self.size} counts images that are made before the training; with "
                f"da.mode={self.mode} there are none. Leave it out."
            )

    @property
    def drawn_anew(self) -> bool:
        """Whether images are augmented while the training goes on."""
        return self.mode != OFFLINE and bool(self.kinds) and self.p != 0

    def describe(self, originals: int) -> str:
        """Says what is added to so many originals, or drawn."""
        if self.drawn_anew:
            return f"{', '.join(self.kinds)}: {self.mode}, probability {self.p}"
        counts = self.counts(originals).items()
        return " + ".join(f"{count} {kind}" for kind, count in counts if count) or "none"

    def counts(self, originals: int) -> dict[str, int]:
        """Returns the number of DA images of each kind, for so many originals."""
        if not self.kinds or self.mode != OFFLINE:
            return {}
        total = originals if self.size == "all" else int(self.size)
        total = 0 if self.p == 0 else total
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

    def augment(
        self, images: Tensor, p: Tensor | float, rng: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Applies each kind to each image or not, as it is drawn.

        Args:
            images: ``m x C x H x W``, float, from 0 (black) to 255 (white).
            p: probability of the kind with the largest part of the ratio; differentiable, half of
                it where a kind is its own inverse.
            rng: draws, on the device of the images.

        Returns:
            Images of the same shape, and which of them a kind was applied to, ``m`` truth values.
        """
        import torch

        count = len(images)
        touched = torch.zeros(count, dtype=torch.bool, device=images.device)
        for kind, part in zip(self.kinds.values(), self.ratio.parts, strict=True):
            assert isinstance(kind, Transform), "checked by the constructor"
            weight = part / max(self.ratio.parts)
            if self.mode == DIFFERENTIABLE and kind.own_inverse:
                # Of half of all images D could not tell which side is up, nor could G; so ADA draws
                # it half as often (Karras et al. 2020, section 2.2).
                weight /= 2
            drawn = torch.rand(count, generator=rng, device=rng.device) < weight * p
            made = kind.apply(images, kind.parameters(count, rng))
            images = torch.where(drawn.view(-1, 1, 1, 1), made, images)
            touched = touched | drawn
        return images, touched
