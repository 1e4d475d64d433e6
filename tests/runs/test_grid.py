from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from project.runs.grid import enlarged, save_grid, save_png


def read(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.array(picture)


def test_row_by_row_with_white_gaps(tmp_path: Path) -> None:
    # Five images of 3 x 4 pixels: three columns, two rows, gaps of 2 around each.
    images = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((5, 3, 3, 4), np.uint8)
    save_grid(images, tmp_path / "grid.png")
    picture = read(tmp_path / "grid.png")
    assert picture.shape == (2 + 2 * (3 + 2), 2 + 3 * (4 + 2), 3)
    expected = np.full_like(picture, 255)
    for number, (top, left) in enumerate([(2, 2), (2, 8), (2, 14), (7, 2), (7, 8)]):
        expected[top : top + 3, left : left + 4] = number
    assert np.array_equal(picture, expected)


@pytest.mark.parametrize(
    ("count", "columns", "rows"),
    [(1, 1, 1), (2, 2, 1), (3, 2, 2), (4, 2, 2), (7, 3, 3), (64, 8, 8)],
)
def test_as_nearly_square_as_they_go(tmp_path: Path, count: int, columns: int, rows: int) -> None:
    save_grid(np.zeros((count, 1, 5, 5), np.uint8), tmp_path / "grid.png")
    assert read(tmp_path / "grid.png").shape == (2 + 7 * rows, 2 + 7 * columns)


def test_pixels_and_channels_keep_their_places(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 256, (1, 3, 5, 7), dtype=np.uint8)
    save_grid(image, tmp_path / "grid.png")
    assert np.array_equal(read(tmp_path / "grid.png")[2:7, 2:9], image[0].transpose(1, 2, 0))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_comes_back_whole_and_alone(tmp_path: Path, channels: int) -> None:
    shape = (5, 7, channels)
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    (tmp_path / "a.png").write_bytes(b"an older file")
    save_png(picture, tmp_path / "a.png")
    assert np.array_equal(read(tmp_path / "a.png").reshape(picture.shape), picture)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_small_images_are_enlarged_by_whole_pixels_and_large_ones_left() -> None:
    small = np.arange(4, dtype=np.uint8).reshape(1, 1, 2, 2)
    big = enlarged(small)
    assert big.shape == (1, 1, 64, 64)
    assert (big[0, 0, :32, :32] == 0).all()
    assert (big[0, 0, :32, 32:] == 1).all()
    large = np.zeros((1, 3, 65, 65), np.uint8)
    assert enlarged(large).shape == large.shape
