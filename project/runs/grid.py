"""Images side by side in one picture."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from project.replacing import replacing

GAP = 2
LEAST_SIDE = 64  # below it a person sees little


def save_grid(images: NDArray[np.uint8], path: Path) -> None:
    """Saves ``N x C x H x W`` uint8 images as one PNG, as nearly square as they go, row by row."""
    columns = math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    _, channels, height, width = images.shape
    shape = (rows * (height + GAP) + GAP, columns * (width + GAP) + GAP, channels)
    sheet = np.full(shape, 255, np.uint8)
    for i, image in enumerate(images):
        top = GAP + (i // columns) * (height + GAP)
        left = GAP + (i % columns) * (width + GAP)
        sheet[top : top + height, left : left + width] = image.transpose(1, 2, 0)
    save_png(sheet, path)


def enlarged(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Enlarges small ``N x C x H x W`` images by a whole factor, pixel by pixel."""
    zoom = max(1, LEAST_SIDE // images.shape[2])
    return images if zoom == 1 else images.repeat(zoom, axis=2).repeat(zoom, axis=3)


def save_png(picture: NDArray[np.uint8], path: Path) -> None:
    """Writes ``H x W x C`` uint8 under a temporary name and moves it into place."""
    squeezed = picture[:, :, 0] if picture.shape[2] == 1 else picture
    with replacing(path) as temporary:
        Image.fromarray(squeezed).save(temporary, format="PNG")
