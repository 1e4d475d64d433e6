"""Images that are looked at a batch at a time, wherever they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Treatment(Protocol):
    """A DA kind that makes one image out of another."""

    def drawn(self, count: int, rng: torch.Generator) -> Mapping[str, Tensor]:
        """Draws parameters for ``count`` images, ``count`` numbers each."""

    def treat(self, images: Tensor, parameters: Mapping[str, Tensor]) -> Tensor:
        """Transforms ``m x C x H x W`` uint8 images, each with parameters of its own."""


@dataclass(frozen=True)
class Pictures:
    """Images that need not fit into memory.

    Attributes:
        count: N.
        batches: yields them in order, ``n x C x H x W``, uint8.
        pick: returns those of these indices.
        key: hash of what they are, for the cache; None where they are not worth one.
    """

    count: int
    batches: Callable[[], Iterator[Tensor]]
    pick: Callable[[list[int]], NDArray[np.uint8]]
    key: str | None

    @classmethod
    def of(cls, images: NDArray[np.uint8], batch_size: int) -> Pictures:
        """Images that are in memory, ``N x C x H x W``."""
        digest = hashlib.sha256(str(images.shape).encode())
        digest.update(np.ascontiguousarray(images).data)
        tensor = torch.from_numpy(images)
        return cls(
            len(images),
            lambda: iter(torch.split(tensor, batch_size)),
            lambda chosen: images[chosen],
            digest.hexdigest(),
        )

    def first(self, count: int) -> Pictures:
        """The first of them, ``count`` or as many as there are."""
        if count >= self.count:
            return self

        def batches() -> Iterator[Tensor]:
            left = count
            for batch in self.batches():
                yield batch[:left]
                left -= len(batch)
                if left <= 0:
                    return

        key = None if self.key is None else f"{self.key} first {count}"
        return Pictures(count, batches, self.pick, key)

    def treated(self, name: str, treatment: Treatment) -> Pictures:
        """The same images, each treated by parameters that are drawn here, once.

        Args:
            name: says how, settings included.
            treatment: what makes one image out of another.
        """
        drawn = treatment.drawn(self.count, torch.Generator().manual_seed(0))

        def treat(images: Tensor, chosen: slice | list[int]) -> Tensor:
            return treatment.treat(images, {key: values[chosen] for key, values in drawn.items()})

        def batches() -> Iterator[Tensor]:
            start = 0
            for batch in self.batches():
                yield treat(batch, slice(start, start + len(batch)))
                start += len(batch)

        values = {key: numbers.tolist() for key, numbers in drawn.items()}
        digest = hashlib.sha256(str(values).encode()).hexdigest()
        return Pictures(
            self.count,
            batches,
            lambda chosen: treat(torch.from_numpy(self.pick(chosen)), chosen).numpy(),
            None if self.key is None else f"{self.key} {name} {digest}",
        )
