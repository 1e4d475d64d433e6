"""Small sets of originals, policies, and what a kind makes of bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from project.da.adaptive import Adaptive
from project.da.kind import Kind, Transform
from project.da.policy import Policy
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


def make_policy(kinds: Mapping[str, Kind], **values: Any) -> Policy:
    """Makes a policy; offline, with as many DA images as originals, unless told otherwise."""
    adaptive = Adaptive(target=0.6, kimg=1, every=4)
    own = {"mode": "offline", "p": 0.5, "adaptive": adaptive, "size": "all", "ratio": None}
    return Policy(kinds=kinds, **{**own, "seed": 0, **values})


def treated(kind: Transform, images: np.ndarray, seed: int = 0) -> np.ndarray:
    """Applies a kind, as an offline training does."""
    parameters = kind.drawn(len(images), torch.Generator().manual_seed(seed))
    return kind.treat(torch.from_numpy(images), parameters).numpy()
