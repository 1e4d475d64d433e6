from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from project.cli.compose import load_config
from project.data.folder import Folder
from project.datamodules.augmented import AugmentedImages
from project.runs.cautions import cautions, few, short, small
from project.runs.preflight import check


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (1, "1 image will be memorised, and scores against so few mean nothing"),
        (49, "49 images will be memorised"),
        (50, "50 images are few: read scores with care"),
        (99, "99 images are few"),
    ],
)
def test_few_images_are_said_to_be(images: int, said: str) -> None:
    assert few(images).startswith(said)


def test_few_images_of_a_feature_are_said_to_be(tmp_path: Path) -> None:
    Image.new("RGB", (32, 32)).save(tmp_path / "one.png")

    class Data:
        def __init__(self, *counts: int) -> None:
            self.sets = [np.arange(count) for count in counts]

    for counts, said in (
        ((300, 64), ["64 images of one of the features are few: read scores with care"]),
        ((300, 100), []),
    ):
        told = cautions(pictures(tmp_path), 400, Data(*counts))
        assert [sentence.split(",")[0] for sentence in told] == said


def test_enough_images_need_no_word() -> None:
    assert few(100) == short(64, 64) == ""


def pictures(folder: Path, **more: Any) -> Folder:
    common = {"n": None, "size": 32, "seed": 0, "on_corrupt": "skip", "cache": folder / "cache"}
    return Folder(root=folder, channels=3, **{**common, **more})


def test_pictures_that_are_enlarged_are_counted(tmp_path: Path) -> None:
    for name, size in {"a": (400, 3), "b": (31, 90), "c": (32, 32), "d": (300, 200)}.items():
        Image.new("RGB", size).save(tmp_path / f"{name}.png")
    (tmp_path / "broken.png").write_bytes(b"")
    assert small(pictures(tmp_path)) == (
        "2 of 5 images are smaller than size=32 (the shortest side is 3 pixels): they are "
        "enlarged, which adds no detail."
    )
    assert small(pictures(tmp_path, size=3)) == ""


def test_only_what_is_drawn_is_looked_at(tmp_path: Path) -> None:
    for side in range(20, 40):
        Image.new("RGB", (side, side)).save(tmp_path / f"{side}.png")
    source = pictures(tmp_path, n=5)
    sides = 20 + source.drawn
    assert source.shorter_sides(source.drawn).tolist() == sides.tolist()
    assert small(source).startswith(f"{(sides < 32).sum()} of 5 images are smaller than size=32")


def test_fewer_images_than_a_batch_are_told_with_their_da_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for n, said in ((20, True), (32, False)):
        config = load_config(
            "config", ["experiment=da_faces", f"n={n}", "da=flip", "size=32", "logger=csv"]
        )
        inputs = check(config)
        assert inputs.da is not None
        data = AugmentedImages(
            source=inputs.source,
            training=inputs.images,
            da=inputs.da,
            generate=None,
            classes=None,
            batch_size=64,
            seed=0,
        )
        told = cautions(inputs.source, n, data)
        assert told[0] == few(n)
        assert (short(2 * n, 64) in told) == said
        data.setup("fit")
        assert data.count() == len(data.images) == 2 * n
        assert [len(rows) for rows in data.rows(0)] == [min(64, 2 * n)]
        assert np.unique(data.rows(0)[0]).size == 2 * n
