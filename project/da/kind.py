"""What a kind of data augmentation (DA) is: something that yields DA images."""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, final

import numpy as np
from numpy.typing import NDArray

from project.da.parameters import Parameters, rows
from project.data.source import ImageSet
from project.errors import UserError

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True)
class DAImages:
    """The DA images of one kind, with where each came from.

    Attributes:
        images: ``N x C x H x W``, uint8.
        sources: N names: the original that an image was made from, or the noise it was drawn with.
        parameters: what the kind was set to for each of them.
    """

    images: NDArray[np.uint8]
    sources: tuple[str, ...]
    parameters: Sequence[Mapping[str, object]]


class Generate(Protocol):
    """A GAN that was itself trained on the originals."""

    name: str
    """Of its run."""

    def __call__(self, count: int, seed: int) -> NDArray[np.uint8]:
        """Returns ``count x C x H x W`` uint8 images of the generator itself, not its average."""


class Kind(abc.ABC):
    """A kind of DA (Study A, procedure, steps 1 to 3)."""

    @abc.abstractmethod
    def draw(
        self,
        originals: ImageSet,
        count: int,
        rng: np.random.Generator,
        generate: Generate | None,
    ) -> DAImages:
        """Yields ``count`` DA images.

        Args:
            originals: the images to augment.
            count: number of DA images.
            rng: decides which sources are used.
            generate: the GAN of the originals, where the policy's options ask for one.
        """


class Transform(Kind):
    """A kind that makes one DA image out of one image: a function of it and of drawn parameters.

    Attributes:
        own_inverse: whether an image that it is applied to twice is as before.
    """

    own_inverse = False

    @abc.abstractmethod
    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Transforms images, each by itself.

        Args:
            images: ``m x C x H x W``, float, from 0 (black) to 255 (white).
            parameters: one value of each for each image.

        Returns:
            As many of the same shape and type; pixels beyond black and white are cut off later.
        """

    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        """Draws what the kind is set to for each of ``count`` images; a fixed kind draws nothing.

        Args:
            count: m.
            rng: draws, on the device that the images are on.

        Returns:
            Name -> m numbers.
        """
        return {}

    @final
    def draw(
        self,
        originals: ImageSet,
        count: int,
        rng: np.random.Generator,
        generate: Generate | None,
    ) -> DAImages:
        """Transforms ``count`` originals, drawn without replacement as far as they go."""
        import torch

        chosen = draw_sources(len(originals), count, rng)
        parameters = self.drawn(count, torch.Generator().manual_seed(int(rng.integers(2**63))))
        return DAImages(
            images=self.treat(torch.from_numpy(originals.images[chosen]), parameters).numpy(),
            sources=tuple(originals.names[i] for i in chosen),
            parameters=rows(parameters, count),
        )

    @final
    def treat(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Transforms ``m x C x H x W`` bytes, rounding to the nearest.

        Raises:
            UserError: the kind yields other than such images.
        """
        return self.checked(images.float(), parameters).round().clamp(0, 255).byte()

    @final
    def checked(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Transforms ``m x C x H x W`` floats from 0 to 255.

        Raises:
            UserError: the kind yields other than such images.
        """
        made = self.apply(images, parameters)
        kept = [(str(i.dtype).removeprefix("torch."), tuple(i.shape)) for i in (images, made)]
        if kept[0] != kept[1]:
            (dtype, shape), (other, others) = kept
            raise UserError(
                f"The DA kind {self.called} makes images of type {other} and shape {others} out of "
                f"{dtype} and {shape}. Mend its apply: as many images, of the same shape and type."
            )
        return made

    @final
    def drawn(self, count: int, rng: torch.Generator) -> Parameters:
        """Draws parameters for ``count`` images.

        Raises:
            UserError: they are no plain numbers, one for each image.
        """
        found = self.parameters(count, rng)
        for name, values in found.items():
            numbers = getattr(values, "shape", None) == (count,) and not values.is_complex()
            if not numbers or not bool(values.isfinite().all()):
                raise UserError(
                    f"The DA kind {self.called} draws a parameter '{name}' that is not one plain "
                    f"number for each of {count} images. Mend its parameters: a tensor of so many."
                )
        return found

    @property
    def called(self) -> str:
        """The name of its class and file, for sentences."""
        return f"{type(self).__name__} ({type(self).__module__})"


def draw_sources(available: int, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draws ``count`` of ``available`` without replacement as far as they go, then again."""
    rounds = -(-count // available) if count else 0
    drawn = [rng.permutation(available) for _ in range(rounds)]
    return np.concatenate([np.empty(0, np.int64), *drawn])[:count]
