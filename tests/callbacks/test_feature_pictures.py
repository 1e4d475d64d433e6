from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from project.callbacks.feature_pictures import CAPTION, captioned, save_rows, walk


def test_a_walk_begins_and_ends_and_keeps_its_length() -> None:
    start, end = torch.tensor([3.0, 0.0]), torch.tensor([0.0, 3.0])
    path = walk(start, end, 5)
    torch.testing.assert_close(path[0], start)
    torch.testing.assert_close(path[-1], end)
    torch.testing.assert_close(path.norm(dim=1), torch.full((5,), 3.0))


def test_a_caption_stands_below_its_image() -> None:
    images = np.zeros((2, 3, 64, 64), np.uint8)
    framed = captioned(images, ["0.91 0.12", ""])
    assert framed.shape == (2, 3, 64 + CAPTION, 64)
    assert not framed[:, :, :64].any()
    assert (framed[0, :, 64:] < 128).any()
    assert (framed[1, :, 64:] == 255).all()


def test_rows_are_as_long_as_they_were_asked_to_be(tmp_path: Path) -> None:
    save_rows(np.zeros((6, 3, 64, 64), np.uint8), 3, tmp_path / "rows.png")
    with Image.open(tmp_path / "rows.png") as picture:
        assert picture.size == (3 * 66, 2 * 66)
