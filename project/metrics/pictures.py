"""Images that are looked at a batch at a time, wherever they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Treatment(Protocol):
    """A DA kind that makes one image out of another."""

    def apply(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Transforms ``N x C x H x W`` uint8 images, each by itself."""


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

    def treated(self, name: str, treatment: Treatment) -> Pictures:
        """The same images, treated; ``name`` says how, settings included."""
        return Pictures(
            self.count,
            lambda: (torch.from_numpy(treatment.apply(batch.numpy())) for batch in self.batches()),
            lambda chosen: treatment.apply(self.pick(chosen)),
            None if self.key is None else f"{self.key} {name}",
        )
