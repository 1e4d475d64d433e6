"""Small sets of originals."""

from __future__ import annotations

import numpy as np

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
