from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning.pytorch.loggers.logger import DummyLogger
from PIL import Image
from tiny_run import make_gan, train

from project.callbacks.image_grid import ImageGrid
from project.loggers.csv_log import CSVLog
from project.runs.grid import enlarged, save_grid


class Pictures(DummyLogger):
    """Remembers the pictures that it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[str, list[str], int]] = []

    def log_image(self, key: str, images: list[str], step: int) -> None:
        self.shown.append((key, [Path(path).name for path in images], step))


def read(path: Path) -> Any:
    with Image.open(path) as picture:
        return np.array(picture)


def test_grids_are_written_and_shown(tmp_path: Path) -> None:
    pictures, run = Pictures(), tmp_path / "run"
    loggers = [pictures, CSVLog(save_dir=run)]
    gan = make_gan()
    grid = ImageGrid(images=5, every_n_epochs=2, at_most=9, seed=3, module=gan)
    train(run, [grid], gan, epochs=3, loggers=loggers)
    names = [
        "epoch_0002.png",
        "epoch_0002_average.png",
        "epoch_0003.png",
        "epoch_0003_average.png",
    ]
    assert sorted(path.name for path in (run / "grids").iterdir()) == names
    assert pictures.shown == [
        ("grid/generator", ["epoch_0002.png"], 6),
        ("grid/average", ["epoch_0002_average.png"], 6),
        ("grid/generator", ["epoch_0003.png"], 9),
        ("grid/average", ["epoch_0003_average.png"], 9),
    ]
    for weights, name in (("generator", names[2]), ("average", names[3])):
        images = torch.cat(list(gan.generate(gan.sample_sources(5, 3), weights, 5)))
        save_grid(enlarged(images.numpy()), tmp_path / "by_hand.png")
        assert np.array_equal(read(run / "grids" / name), read(tmp_path / "by_hand.png"))
    assert not np.array_equal(read(run / "grids" / names[2]), read(run / "grids" / names[3]))


def test_a_long_training_has_few_of_them(tmp_path: Path) -> None:
    gan = make_gan()
    grid = ImageGrid(images=1, every_n_epochs=2, at_most=2, seed=3, module=gan)
    train(tmp_path, [grid], gan, epochs=7)
    drawn = sorted(path.name for path in (tmp_path / "grids").glob("*_average.png"))
    assert drawn == ["epoch_0004_average.png", "epoch_0007_average.png"]
