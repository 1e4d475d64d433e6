from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from project.callbacks.charts import save_confusion, save_curves


def test_a_confusion_matrix_is_a_picture(tmp_path: Path) -> None:
    save_confusion(np.array([[5, 1, 0], [0, 7, 2]]), tmp_path / "c.png", rows=[0, 1])
    with Image.open(tmp_path / "c.png") as picture:
        pixels = np.array(picture.convert("RGB"))
    assert pixels.shape == (600, 600, 3)
    # The colour map's dark end is the highest count.
    assert (pixels == [8, 48, 107]).all(axis=2).sum() > 1000
    assert [path.name for path in tmp_path.iterdir()] == ["c.png"]


def test_curves_stand_one_below_the_other(tmp_path: Path) -> None:
    # Each with the batches at which it was logged.
    curves = {
        "L_CE": [(1, 3.0), (2, 2.0)],
        "L_TV": [(1, 90.0), (2, 80.0)],
        "L_binary": [(2, 5.0)],  # a point alone is seen as well
    }
    save_curves(curves, tmp_path / "l.png", "batch", {"stage 2": 2})
    with Image.open(tmp_path / "l.png") as picture:
        assert picture.size == (700, 600)
        pixels = np.array(picture.convert("RGB"))
    # The curves' blue is in each third.
    blue = (pixels == [31, 119, 180]).all(axis=2).reshape(3, 200, 700)
    assert blue.any(axis=(1, 2)).all()


def test_whose_scores_stand_in_one_chart(tmp_path: Path) -> None:
    curves = {
        "scores/lite/fid": [(1, 3.0), (2, 2.0)],
        "scores_average/lite/fid": [(1, 2.5), (2, 1.5)],
        "scores_average/lite/kid": [(2, 0.1)],
    }
    save_curves(curves, tmp_path / "s.png", "batch", {})
    with Image.open(tmp_path / "s.png") as picture:
        assert picture.size == (700, 400)
        pixels = np.array(picture.convert("RGB")).reshape(2, 200, 700, 3)
    orange = (pixels == [255, 127, 14]).all(axis=3)
    assert orange[0].any()
    assert not orange[1].any()
