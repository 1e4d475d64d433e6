from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from project.errors import UserError
from project.metrics.folder_pictures import folder_pictures, survey


def colour(seed: int, size: tuple[int, int] = (12, 12)) -> Image.Image:
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 256, (*size[::-1], 3), dtype=np.uint8))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i in range(5):
        colour(i).save(tmp_path / f"{i}.png")
    return tmp_path


def test_images_come_in_an_order_of_chance_a_batch_at_a_time(folder: Path) -> None:
    found = survey(folder, "images")
    pictures = folder_pictures(found, found.side("images"), batch_size=2)
    batches = list(pictures.batches())
    assert [len(batch) for batch in batches] == [2, 2, 1]
    every = torch.cat(batches).numpy()
    order = np.random.default_rng(0).permutation(5)
    assert order.tolist() != sorted(order)
    for image, number in zip(every, order, strict=True):
        assert np.array_equal(image.transpose(1, 2, 0), np.asarray(colour(number)))
    assert np.array_equal(pictures.pick([4, 1]), every[[4, 1]])
    first = pictures.first(3)
    assert [len(batch) for batch in first.batches()] == [2, 1]
    assert np.array_equal(torch.cat(list(first.batches())).numpy(), every[:3])
    assert first.key != pictures.key
    assert pictures.first(5) is pictures
    assert found.notes == []


def test_the_key_follows_the_files_and_the_size(folder: Path) -> None:
    found = survey(folder, "images")
    key = folder_pictures(found, 12, 2).key
    assert folder_pictures(survey(folder, "images"), 12, 5).key == key
    assert folder_pictures(found, 8, 2).key != key
    colour(9).save(folder / "3.png")
    assert folder_pictures(survey(folder, "images"), 12, 2).key != key


def test_names_may_be_of_any_bytes(folder: Path) -> None:
    os.rename(folder / "3.png", os.fsencode(folder) + b"/\xff.png")  # noqa: PTH104 -- bytes
    found = survey(folder, "images")
    assert folder_pictures(found, 12, 2).key
    assert len(found.paths) == 5


def test_a_pipe_and_no_folder_are_told(folder: Path) -> None:
    os.mkfifo(folder / "9.png")
    with pytest.raises(UserError, match=r"1 of the 6 images .* cannot be read: 9\.png"):
        survey(folder, "images")
    with pytest.raises(UserError, match="images= names no folder"):
        survey("", "images")


def save_sixteen(path: Path) -> None:
    Image.fromarray(np.arange(144, dtype=np.uint16).reshape(12, 12) * 400).save(path)


UNUSUAL: list[tuple[str, str, Callable[[Path], None]]] = [
    (
        "a.png",
        "Of the images in .* 1 is grey: read as colour",
        lambda path: colour(7).convert("L").save(path),
    ),
    ("a.png", "transparent: laid over white", lambda path: colour(7).convert("RGBA").save(path)),
    ("a.png", "of 16 bits: scaled to 8", save_sixteen),
    ("a.jpg", "CMYK: converted", lambda path: colour(7).convert("CMYK").save(path)),
    (
        "a.gif",
        "animated: the first frame",
        lambda path: colour(7).save(path, save_all=True, append_images=[colour(8)]),
    ),
    ("notes.txt", r"Left out of .*: \.txt 1\.", lambda path: path.touch()),
]


@pytest.mark.parametrize(("name", "said", "save"), UNUSUAL)
def test_unusual_files_are_read_and_told(
    folder: Path, name: str, said: str, save: Callable[[Path], None]
) -> None:
    save(folder / name)
    found = survey(folder, "images")
    assert len(found.notes) >= 1
    with pytest.raises(UserError, match=said):
        raise UserError(" ".join(found.notes))
    pictures = folder_pictures(found, 12, 100)
    (batch,) = pictures.batches()
    assert batch.shape == (pictures.count, 3, 12, 12)


def test_other_sizes_are_asked_for(folder: Path) -> None:
    colour(7, (20, 12)).save(folder / "wide.png")
    found = survey(folder, "images")
    with pytest.raises(UserError, match=r"2 sizes: 12 x 12 \(5\), 20 x 12 \(1\).*size=<pixels>"):
        found.side("images")
    assert folder_pictures(found, 8, 3).pick([5]).shape == (1, 3, 8, 8)


def test_grey_images_alone_are_refused(tmp_path: Path) -> None:
    for i in range(3):
        colour(i).convert("L").save(tmp_path / f"{i}.png")
    with pytest.raises(UserError, match=r"grey.*Digits are scored by the digit judges"):
        survey(tmp_path, "images")


def test_corrupt_images_are_named(folder: Path) -> None:
    for i in range(7):
        (folder / f"bad{i}.jpg").write_bytes(b"no image")
    with pytest.raises(UserError, match=r"7 of the 12 images .* bad0\.jpg, .*bad4\.jpg, \.\.\."):
        survey(folder, "images")


def test_a_truncated_image_is_named_when_it_is_read(folder: Path) -> None:
    big = folder / "big.png"
    colour(7, (300, 300)).save(big)
    big.write_bytes(big.read_bytes()[:5000])
    pictures = folder_pictures(survey(folder, "images"), 8, 100)
    with pytest.raises(UserError, match=r"big\.png cannot be decoded \("):
        list(pictures.batches())


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"reference=<folder>"):
        survey(tmp_path / "nowhere", "reference")
