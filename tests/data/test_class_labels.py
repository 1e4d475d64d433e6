from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from data_layouts import write_image

from project.data.class_labels import classes_of
from project.data.faces.faces import Faces
from project.data.folder import Folder
from project.errors import UserError


def folder(tmp_path: Path, common: dict[str, Any], *names: str) -> Folder:
    for name in names:
        write_image(tmp_path / "own" / name)
    return Folder(root=tmp_path / "own", channels=3, **common)


def test_sub_folders_are_classes(tmp_path: Path, common: dict[str, Any]) -> None:
    source = folder(tmp_path, common, "dog/a.jpg", "cat/b.jpg", "cat/deep/c.jpg")
    classes = classes_of(source, source.load(), True)
    assert dict(classes.counts) == {"cat": 2, "dog": 1}
    assert dict(classes.labels) == {"dog/a.jpg": 1, "cat/b.jpg": 0, "cat/deep/c.jpg": 0}


def test_a_class_of_which_nothing_was_drawn_has_no_number(
    tmp_path: Path, common: dict[str, Any]
) -> None:
    names = ["ape/a.jpg", "cat/b.jpg", "cat/c.jpg", "dog/d.jpg"]
    for seed in range(20):
        source = folder(tmp_path, {**common, "n": 3, "seed": seed}, *names)
        drawn = source.load()
        if not any(name.startswith("ape") for name in drawn.names):
            break
    assert dict(classes_of(source, drawn, True).counts) == {"cat": 2, "dog": 1}


def test_images_beside_the_folders_leave_no_classes(tmp_path: Path, common: dict[str, Any]) -> None:
    source = folder(tmp_path, common, "a.jpg", "cat/b.jpg", "dog/c.jpg")
    assert source.load().labels.shape == (3, 0)
    with pytest.raises(UserError, match=r"has none: put the pictures of each class in a folder"):
        classes_of(source, source.load(), True)


def faces(common: dict[str, Any]) -> Faces:
    shares = {"p_bald": 0.3, "p_beard": 0.4, "p_smiling": 0.5, "p_eyeglasses": 0.2}
    return Faces(total=60, pool_seed=0, select=None, **shares, **common)


def test_attributes_make_a_class_of_what_occurs_together(common: dict[str, Any]) -> None:
    source = faces(common)
    images = source.load()
    classes = classes_of(source, images, ["Bald", "Smiling"])
    assert set(classes.counts) <= {
        "-Bald -Smiling", "-Bald +Smiling", "+Bald -Smiling", "+Bald +Smiling",
    }  # fmt: skip
    names = list(classes.counts)
    columns = [images.label_names.index(name) for name in ("Bald", "Smiling")]
    for row, name in enumerate(images.names):
        bald, smiling = images.labels[row, columns]
        expected = f"{'+' if bald else '-'}Bald {'+' if smiling else '-'}Smiling"
        assert names[classes.labels[name]] == expected
    assert sum(classes.counts.values()) == len(images)


@pytest.mark.parametrize(
    ("conditional", "sentence"),
    [
        (True, r"has attributes instead. Name those to train on, such as conditional="),
        (["Bold"], r"'Bold', which is no attribute .* Did you mean 'Bald'"),
        ([], r"conditional=\[\] is not allowed"),
        (3, r"conditional=3 is not allowed"),
    ],
)
def test_other_words_are_sentences(
    conditional: object, sentence: str, common: dict[str, Any]
) -> None:
    source = faces(common)
    with pytest.raises(UserError, match=sentence):
        classes_of(source, source.load(), conditional)


def test_one_class_is_none(tmp_path: Path, common: dict[str, Any]) -> None:
    source = folder(tmp_path, common, "cat/b.jpg", "cat/c.jpg")
    with pytest.raises(UserError, match="needs images of 2 classes or more, and all 2 are of cat"):
        classes_of(source, source.load(), True)
    with pytest.raises(UserError, match=r"names attributes, and .* Give conditional=true"):
        classes_of(source, source.load(), ["Bald"])
