"""Images out of a run's generator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from project.errors import UserError


class RunGenerator:
    """The generator itself of a finished run, not its average: the GAN behind `gen`.

    Args:
        folder: of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name

    def __call__(self, count: int, seed: int) -> NDArray[np.uint8]:
        """Returns ``count x C x H x W`` uint8 images."""
        return generate_images(self.folder, count=count, seed=seed, weights="generator")


def generate_images(folder: Path, *, count: int, seed: int, weights: str) -> NDArray[np.uint8]:
    """Generates images from a run's last checkpoint.

    Args:
        folder: of the run.
        count: number of images.
        seed: of the noise, or of the draw of test images where those are what G turns.
        weights: ``generator``, or ``average`` for its moving average.

    Returns:
        ``N x C x H x W``, uint8.

    Raises:
        UserError: the folder holds no generator.
    """
    if weights not in ("generator", "average"):
        raise UserError(f"weights={weights} is unknown. Allowed: generator, average.")
    if not count:
        raise UserError(f"n={count} images cannot be made. Allowed: 1 or more.")
    # Late: torch takes seconds that bad input need not wait for.
    import torch

    from project.runs.trained import load_generator

    module = load_generator(folder)
    sources = module.sample_sources(count, seed)
    images = torch.cat(list(module.generate(sources, weights, 64)))
    shown: NDArray[np.uint8] = module.shown(sources, images).numpy()
    return shown
