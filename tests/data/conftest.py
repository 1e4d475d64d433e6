"""Tiny data sets in the exact public layouts."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data_layouts import idx_bytes, write_image, write_kaggle_lists, write_txt_lists
from PIL import Image


@pytest.fixture
def common(tmp_path: Path) -> dict[str, Any]:
    """What conf/config.yaml gives to every data set."""
    return {
        "n": None,
        "size": 16,
        "seed": 0,
        "on_corrupt": "stop",
        "cache": tmp_path / "cache",
    }


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The real images beside the checkout, where there are any."""
    path = Path(__file__).parents[2].parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip("no real data beside the checkout")
    return path


@pytest.fixture
def fake_celeba(tmp_path: Path) -> Callable[..., Path]:
    """Makes CelebA with 12 faces: 8 train, 2 valid, 2 test, in one of the layouts."""

    def make(layout: str = "torchvision", images: str = "img_align_celeba") -> Path:
        root = tmp_path / "data" / "celeba"
        folder = root / images / images if layout == "kaggle" else root / images
        names = [f"{i + 1:06d}.jpg" for i in range(12)]
        files = [name.replace("jpg", "png") if "png" in images else name for name in names]
        paths = [write_image(folder / name, seed) for seed, name in enumerate(files)]
        parts = [0] * 8 + [1] * 2 + [2] * 2
        if layout == "kaggle":
            write_kaggle_lists(root, names, parts)
        else:
            write_txt_lists(root, names, parts)
        if layout == "zip":
            with zipfile.ZipFile(root / f"{images}.zip", "w") as packed:
                packed.writestr("__MACOSX/._000001.jpg", b"not an image")
                for path in paths:
                    packed.write(path, f"{images}/{path.name}")
                    path.unlink()
            folder.rmdir()
        return root

    return make


@pytest.fixture
def fake_pets(tmp_path: Path) -> Path:
    """Oxford-IIIT Pet with 3 Abyssinians (one in no list), 2 pugs and 2 Saint Bernards."""
    root = tmp_path / "data" / "oxford-iiit-pet"
    counts = {"Abyssinian": 3, "pug": 2, "saint_bernard": 2}
    rows = []
    for seed, (breed, count) in enumerate(counts.items()):
        for number in range(1, count + 1):
            write_image(root / "images" / f"{breed}_{number}.jpg", 100 * seed + number)
            rows.append(f"{breed}_{number} {seed + 1} 1 {seed + 1}")
    (root / "images" / "Abyssinian_100.mat").write_bytes(b"x")
    (root / "annotations").mkdir()
    (root / "annotations" / "list.txt").write_text("#Image CLASS-ID\n" + "\n".join(rows[1:]))
    return root


@pytest.fixture
def fake_mnist(tmp_path: Path) -> Callable[..., Path]:
    """Makes the four idx files with 20 and 10 images, class = position modulo 10 (without 7)."""

    def make(below: str = ".", zipped: bool = True) -> Path:
        root = tmp_path / "data" / "mnist"
        folder = root / below
        folder.mkdir(parents=True)
        for stem, count in (("train", 20), ("t10k", 10)):
            images = np.random.default_rng(count).integers(0, 256, (count, 28, 28), dtype=np.uint8)
            classes = np.arange(count, dtype=np.uint8) % 10
            classes[classes == 7] = 8
            for name, array in (
                (f"{stem}-images-idx3-ubyte", images),
                (f"{stem}-labels-idx1-ubyte", classes),
            ):
                data = idx_bytes(array)
                path = folder / (f"{name}.gz" if zipped else name)
                path.write_bytes(gzip.compress(data) if zipped else data)
        return root

    return make


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Forty pictures, each of its own grey: more than one thread's share."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for value in range(40):
        Image.new("RGB", (20, 20), (value, value, value)).save(folder / f"{value:02d}.png")
    return folder
