"""Images out of a run's generator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from project.errors import UserError
from project.runs.best_checkpoint import require_best

if TYPE_CHECKING:
    from torch import Tensor

    from project.runs.trained import Generates

Images = NDArray[np.uint8]
WEIGHTS = ("generator", "average", "best")


class RunGenerator:
    """The generator itself of a finished run, not its average: the GAN behind `gen`.

    Args:
        folder: of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name

    def __call__(self, count: int, seed: int) -> Images:
        """Returns ``count x C x H x W`` uint8 images."""
        return generate_images(self.folder, count=count, seed=seed, weights="generator")


def generate_images(folder: Path, *, count: int, seed: int, weights: str) -> Images:
    """Generates images from a run's last checkpoint, or from its best one.

    Args:
        folder: of the run.
        count: number of images.
        seed: of the noise, or of the draw of test images where those are what G turns.
        weights: ``generator``, ``average`` for its moving average, or ``best``.

    Returns:
        ``N x C x H x W``, uint8.

    Raises:
        UserError: the folder holds no generator.
    """
    check_asked(count, weights)
    module, weights = loaded(folder, weights)
    return images_of(module, module.sample_sources(count, seed), weights)


def walk_images(folder: Path, *, count: int, stops: int, seed: int, weights: str) -> Images:
    """Generates the images of a closed way through z.

    Args:
        folder: of the run.
        count: number of images.
        stops: number of z that it goes through, drawn at random.
        seed: of these.
        weights: ``generator``, ``average`` for its moving average, or ``best``.

    Returns:
        ``N x C x H x W``, uint8.

    Raises:
        UserError: the folder holds no generator, or one that turns images rather than noise.
    """
    check_asked(count, weights)
    from project.modules.from_noise import FromNoiseModule
    from project.modules.walk import round_trip

    module, weights = loaded(folder, weights)
    if not isinstance(module, FromNoiseModule):
        raise UserError(
            f"walk=true goes through noise z, but the generator of {folder} turns images. Leave "
            "walk= out, or name a run of a GAN that starts from noise."
        )
    return images_of(module, round_trip(module.sample_sources(stops, seed), count), weights)


def loaded(folder: Path, weights: str) -> tuple[Generates, str]:
    """Loads a run's module.

    Args:
        folder: of the run.
        weights: ``best`` for those of its best checkpoint by whose score it was chosen.

    Returns:
        The module, and which of its weights are asked for: ``generator`` or ``average``.
    """
    file = None
    if weights == "best":
        file, best = require_best(folder)
        weights = best.weights
    # Late: torch takes seconds that bad input need not wait for.
    from project.runs.trained import load_generator

    return load_generator(folder, file), weights


def images_of(module: Generates, sources: Tensor, weights: str) -> Images:
    """Returns what a module makes of sources: ``N x C x H x W``, uint8."""
    import torch

    images = torch.cat(list(module.generate(sources, weights, 64)))
    shown: Images = module.shown(sources, images).numpy()
    return shown


def check_asked(count: int, weights: str) -> None:
    """Checks what a user asks for.

    Raises:
        UserError: there are no such weights, or no images.
    """
    if weights not in WEIGHTS:
        raise UserError(f"weights={weights} is unknown. Allowed: {', '.join(WEIGHTS)}.")
    if not count:
        raise UserError(f"n={count} images cannot be made. Allowed: 1 or more.")
