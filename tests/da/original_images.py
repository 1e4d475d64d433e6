"""Small sets of originals, and what a kind makes of bytes."""

from __future__ import annotations

import numpy as np
import torch

from project.da.kind import Transform
from project.data.source import ImageSet


def make_originals(
    count: int, channels: int = 3, size: int = 4, skipped: tuple[str, ...] = ()
) -> ImageSet:
    """Makes ``count`` random images, each different from all others."""
    rng = np.random.default_rng(7)
    images = rng.integers(0, 256, (count, channels, size, size), dtype=np.uint8)
    return ImageSet(
        images=images,
        names=tuple(f"face_{i:03d}" for i in range(count)),
        labels=np.zeros((count, 0), np.int64),
        label_names=(),
        skipped=skipped,
        fingerprint="f",
    )


def treated(kind: Transform, images: np.ndarray, seed: int = 0) -> np.ndarray:
    """Applies a kind, as an offline training does."""
    parameters = kind.drawn(len(images), torch.Generator().manual_seed(seed))
    return kind.treat(torch.from_numpy(images), parameters).numpy()
