"""The built-in digits: real scans in MNIST's form, a fixed partition, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from project.data.digits import Digits, enlarge
from project.errors import UserError


def digits(cache: Path, **changed: Any) -> Digits:
    options: dict[str, Any] = {
        "digits": "all",
        "split": None,
        "n": None,
        "size": 28,
        "seed": 0,
        "on_corrupt": "stop",
        "cache": cache,
    }
    return Digits(**(options | changed))


def test_there_are_1797_and_each_is_grey(tmp_path: Path) -> None:
    source = digits(tmp_path)
    assert len(source.names) == len(set(source.names)) == 1797
    assert source.label_names == ("digit",)
    assert np.bincount(source.labels[:, 0]).tolist() == [
        178, 182, 177, 183, 181, 182, 181, 179, 174, 180
    ]  # fmt: skip
    image = source.decode(0)
    assert image.shape == (1, 28, 28)
    assert image.dtype == np.uint8


def test_white_on_black_with_mnist_s_margin_and_grey_edges(tmp_path: Path) -> None:
    source = digits(tmp_path)
    images = np.stack([source.decode(index)[0] for index in range(300)])
    assert images[:, :3].max() == images[:, -3:].max() == 0
    assert images[:, :, :3].max() == images[:, :, -3:].max() == 0
    assert (images.max((1, 2)) > 230).all()
    assert 25 < images.mean() < 50
    grey = ((images > 20) & (images < 235)).mean((1, 2))
    assert grey.min() > 0.02


def test_an_enlarged_digit_shrinks_back_to_its_scan(tmp_path: Path) -> None:
    source = digits(tmp_path)
    for index in range(20):
        image = source.decode(index)[0, 4:24, 4:24].astype(float)
        small = image.repeat(2, 0).repeat(2, 1).reshape(8, 5, 8, 5).mean((1, 3))
        assert np.corrcoef(small.ravel(), source.scans[index].ravel())[0, 1] > 0.9


def test_a_symmetric_scan_stays_in_the_middle() -> None:
    scan = np.zeros((8, 8), np.float32)
    scan[2:6, 2:6] = 16
    for size in (8, 16, 28, 32, 64):
        image = enlarge(scan, size)
        assert image.shape == (size, size)
        assert image.max() > 200
    assert np.array_equal(enlarge(scan, 28), enlarge(scan, 28)[::-1, ::-1])


def test_train_and_test_part_the_scans(tmp_path: Path) -> None:
    train, test = digits(tmp_path, split="train"), digits(tmp_path, split="test")
    assert (len(train.names), len(test.names)) == (1437, 360)
    assert set(train.names).isdisjoint(test.names)
    assert set(train.names) | set(test.names) == set(digits(tmp_path).names)
    assert set(test.labels[:, 0].tolist()) == set(range(10))


@pytest.mark.parametrize(("chosen", "expected"), [([3, 8], {3, 8}), (5, {5}), ("7", {7})])
def test_classes_can_be_chosen(tmp_path: Path, chosen: Any, expected: set[int]) -> None:
    assert set(digits(tmp_path, digits=chosen).labels[:, 0].tolist()) == expected


def test_the_same_draw_for_the_same_seed(tmp_path: Path) -> None:
    first, again = digits(tmp_path, n=20).load(), digits(tmp_path, n=20).load()
    other = digits(tmp_path, n=20, seed=1).load()
    assert first.names == again.names != other.names
    assert np.array_equal(first.images, again.images)
    assert first.fingerprint == again.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"digits": []}, "empty list"),
        ({"digits": [3, 10]}, "a class that the data lack.*0, 1, 2"),
        ({"digits": [-1]}, "a class that the data lack.*0, 1, 2"),
        ({"digits": "none"}, "a class that the data lack.*0, 1, 2"),
        ({"digits": [True]}, "a class that the data lack.*0, 1, 2"),
        ({"split": "valid"}, "train, test"),
        ({"size": 4}, "size=4"),
        ({"n": 2000}, "1 to 1797"),
    ],
)
def test_bad_input_is_told_in_a_sentence(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        digits(tmp_path, **changed)
