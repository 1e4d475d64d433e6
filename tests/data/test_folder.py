from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data_layouts import write_image
from PIL import Image

from project.data.folder import Folder
from project.errors import UserError

TORCH_FREE = ("cache", "celeba", "celeba_download", "folder", "listing", "mnist", "pets")


def test_names_are_paths_below_the_folder(tmp_path: Path, common: dict[str, Any]) -> None:
    for name in ("b.jpg", "a/b.jpg"):
        write_image(tmp_path / "own" / name)
    (tmp_path / "own" / "notes.txt").write_text("x")
    loaded = Folder(root=tmp_path / "own", channels=1, **common).load()
    assert sorted(loaded.names) == ["a/b.jpg", "b.jpg"]
    assert loaded.images.shape == (2, 1, 16, 16)
    assert loaded.labels.shape == (2, 0)
    assert loaded.label_names == ()


def test_folders_below_it_are_classes_in_order(tmp_path: Path, common: dict[str, Any]) -> None:
    for name in ("b/1.jpg", "a/2.jpg", "a/deep/3.jpg"):
        write_image(tmp_path / "own" / name)
    source = Folder(root=tmp_path / "own", channels=1, **common)
    loaded = source.load()
    assert source.classes == ("a", "b")
    labels = dict(zip(loaded.names, loaded.labels[:, 0].tolist(), strict=True))
    assert labels == {"b/1.jpg": 1, "a/2.jpg": 0, "a/deep/3.jpg": 0}


def test_copies_are_counted(tmp_path: Path, common: dict[str, Any]) -> None:
    for place, name in enumerate("abcd"):
        image = np.full((16, 16, 3), 20 if name in "acd" else 20 + place, np.uint8)
        Image.fromarray(image).save(tmp_path / f"{name}.png")
    assert Folder(root=tmp_path, channels=3, **common).load().copies == 2


@pytest.mark.parametrize(
    ("root", "sentence"),
    [
        (None, r"data\.root=<folder of images>"),
        ("", r"data\.root=<folder of images>"),
        ("missing", "does not exist"),
        ("file.jpg", "is a file"),
        ("empty", "holds no images"),
    ],
)
def test_bad_folders_are_sentences(
    root: str | None, sentence: str, tmp_path: Path, common: dict[str, Any]
) -> None:
    write_image(tmp_path / "file.jpg")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=sentence) as caught:
        Folder(root=root and tmp_path / root, channels=3, **common)
    assert "data.root=<folder" in str(caught.value)
    assert not Path(common["cache"]).exists()


def test_more_images_than_there_are(tmp_path: Path, common: dict[str, Any]) -> None:
    write_image(tmp_path / "own" / "a.jpg")
    with pytest.raises(UserError, match=r"n=2 .* has 1\."):
        Folder(root=tmp_path / "own", channels=3, **{**common, "n": 2})


def test_other_channels_are_refused(tmp_path: Path, common: dict[str, Any]) -> None:
    write_image(tmp_path / "own" / "a.jpg")
    with pytest.raises(UserError, match=r"data\.channels=4 .*Allowed: 3"):
        Folder(root=tmp_path / "own", channels=4, **common)


def test_the_data_sets_import_neither_torch_nor_lightning() -> None:
    names = ", ".join(f"project.data.{name}" for name in TORCH_FREE)
    program = (
        f"import sys, {names}\n"
        "heavy = {'torch', 'torchvision', 'lightning', 'hydra', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
