from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from tiny_run import make_gan, train

from project.callbacks.real_grid import RealGrid
from project.data.source import ImageSet
from project.runs.grid import GAP


def test_originals_are_drawn(tmp_path: Path) -> None:
    images = np.arange(5, dtype=np.uint8)[:, None, None, None].repeat(3, 1)
    images = images.repeat(64, 2).repeat(64, 3)
    labels = np.zeros((5, 0), np.int64)
    training = ImageSet(images, tuple("abcde"), labels, (), (), "fingerprint")
    gan = make_gan()
    train(tmp_path / "run", [RealGrid(images=3, training=training)], gan, epochs=1)
    with Image.open(tmp_path / "run" / "grids" / "real.png") as picture:
        drawn = np.array(picture)
    middle = GAP + 32
    step = 64 + GAP
    # Two beside each other, the third below, nothing in the fourth place.
    assert drawn[middle, [middle, middle + step], 0].tolist() == [0, 1]
    assert drawn[middle + step, [middle, middle + step], 0].tolist() == [2, 255]
