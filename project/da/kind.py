"""What a kind of data augmentation (DA) is: something that yields DA images."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, final

import numpy as np
from numpy.typing import NDArray

from project.data.source import ImageSet


@dataclass(frozen=True)
class DAImages:
    """The DA images of one kind, with where each came from.

    Attributes:
        images: ``N x C x H x W``, uint8.
        sources: N names: the original that an image was made from, or the noise it was drawn with.
        parameters: what the kind was set to, the same for all of its images.
    """

    images: NDArray[np.uint8]
    sources: tuple[str, ...]
    parameters: Mapping[str, object]


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
    """A kind that makes one DA image out of one original."""

    @abc.abstractmethod
    def apply(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Transforms ``N x C x H x W`` uint8 images, each by itself."""

    def parameters(self) -> dict[str, object]:
        """Returns what the kind is set to, for the manifest."""
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
        chosen = draw_sources(len(originals), count, rng)
        return DAImages(
            images=self.apply(originals.images[chosen]),
            sources=tuple(originals.names[i] for i in chosen),
            parameters=self.parameters(),
        )


def draw_sources(available: int, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draws ``count`` of ``available`` without replacement as far as they go, then again."""
    rounds = -(-count // available) if count else 0
    drawn = [rng.permutation(available) for _ in range(rounds)]
    return np.concatenate([np.empty(0, np.int64), *drawn])[:count]
