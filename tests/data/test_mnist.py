from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data_layouts import idx_bytes

from project.data.mnist import Mnist
from project.errors import UserError


def packed(data: bytes) -> bytes:
    # Without the time of day: names of tests are made of it.
    return gzip.compress(data, mtime=0)


@pytest.fixture
def make(common: dict[str, Any]) -> Callable[..., Mnist]:
    own: dict[str, Any] = {"split": "train", "digits": "all"}
    return lambda root, **changes: Mnist(root=root, **{**common, "size": 28, **own, **changes})


@pytest.mark.parametrize("below", [".", "raw", "MNIST/raw"])
@pytest.mark.parametrize("zipped", [False, True])
def test_every_layout(
    below: str, zipped: bool, fake_mnist: Callable[..., Path], make: Callable[..., Mnist]
) -> None:
    loaded = make(fake_mnist(below, zipped)).load()
    stored = np.random.default_rng(20).integers(0, 256, (20, 28, 28), dtype=np.uint8)
    order = [int(name.removeprefix("train-")) for name in loaded.names]
    assert sorted(order) == list(range(20))
    assert np.array_equal(loaded.images[:, 0], stored[order])
    assert loaded.names[0] == f"train-{order[0]:05d}"
    assert loaded.label_names == ("digit",)
    assert loaded.labels.shape == (20, 1)
    expected = [8 if i % 10 == 7 else i % 10 for i in order]
    assert loaded.labels[:, 0].tolist() == expected


def test_the_test_split(fake_mnist: Callable[..., Path], make: Callable[..., Mnist]) -> None:
    source = make(fake_mnist(), split="test", n=4)
    assert all(name.startswith("test-") for name in source.load().names)
    assert len(source.held_out(None)) == 6


@pytest.mark.parametrize(
    ("digits", "count"), [([8], 4), (8, 4), ([3, 5], 4), (["3"], 2), ("3", 2), ("all", 20)]
)
def test_digits_are_kept(
    digits: Any, count: int, fake_mnist: Callable[..., Path], make: Callable[..., Mnist]
) -> None:
    source = make(fake_mnist(), digits=digits)
    assert len(source.names) == count
    if digits == [8]:
        assert source.names == ("train-00007", "train-00008", "train-00017", "train-00018")
        assert (source.load().labels == 8).all()


def test_other_sizes_are_resized(
    fake_mnist: Callable[..., Path], make: Callable[..., Mnist]
) -> None:
    assert make(fake_mnist(), size=32).load().images.shape == (20, 1, 32, 32)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"digits": []}, "empty.*Allowed: all"),
        ({"digits": [7]}, "data lack.*0, 1, 2, 3, 4, 5, 6, 8, 9"),
        ({"digits": "eight"}, "names eight"),
        ({"digits": [True]}, "names True"),
        ({"split": "valid"}, r"data\.split=valid.*Allowed: test, train"),
        ({"n": 21}, "n=21 .* has 20"),
    ],
)
def test_bad_settings_are_sentences(
    change: Any, sentence: str, fake_mnist: Callable[..., Path], make: Callable[..., Mnist]
) -> None:
    with pytest.raises(UserError, match=sentence):
        make(fake_mnist(), **change)


def test_missing_files_name_the_place_and_layout(
    tmp_path: Path, make: Callable[..., Mnist]
) -> None:
    with pytest.raises(UserError, match=r"nowhere is not a folder.*MNIST/raw/.*data=digits"):
        make(tmp_path / "nowhere")
    with pytest.raises(UserError, match=r"train-images-idx3-ubyte\.gz is needed.*lacks it"):
        make(tmp_path)


IMAGES = idx_bytes(np.zeros((20, 28, 28)))
LABELS = idx_bytes(np.arange(20) % 10)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("images-idx3", packed(IMAGES)[:-20], "cannot be read to its end"),
        ("images-idx3", packed(IMAGES)[:5], "cannot be read to its end"),
        ("images-idx3", packed(IMAGES[:-1]), "announces 20 x 28 x 28 bytes but holds 15679"),
        ("images-idx3", packed(LABELS + b"0" * 9), "not an idx file of images.*2049.*2051"),
        ("labels-idx1", packed(IMAGES), "not an idx file of labels.*2051.*2049"),
        ("labels-idx1", packed(idx_bytes(np.zeros(19))), "20 images, but .* 19 labels"),
        ("labels-idx1", b"", "0 bytes"),
        ("labels-idx1", b"<html>quota exceeded</html>", "magic number"),
        ("images-idx3", idx_bytes(np.zeros((0, 28, 28))), "holds nothing"),
    ],
)
def test_broken_files_are_sentences(
    name: str,
    data: bytes,
    sentence: str,
    fake_mnist: Callable[..., Path],
    make: Callable[..., Mnist],
) -> None:
    root = fake_mnist()
    (root / f"train-{name}-ubyte.gz").write_bytes(data)
    with pytest.raises(UserError, match=sentence):
        make(root)


def test_a_gz_name_without_gzip_inside_is_read(
    fake_mnist: Callable[..., Path], make: Callable[..., Mnist]
) -> None:
    root = fake_mnist()
    (root / "train-images-idx3-ubyte.gz").write_bytes(IMAGES)
    assert len(make(root).names) == 20


def test_the_real_digits(real_data: Path, make: Callable[..., Mnist]) -> None:
    eights = make(real_data / "mnist", split="test", digits=[8])
    assert len(eights.names) == 974
    loaded = make(real_data / "mnist", split="test", n=1000).load()
    assert loaded.images.shape == (1000, 1, 28, 28)
    assert 30 < loaded.images.mean() < 36  # MNIST's mean is 0.1307 of 255


def test_the_stored_images_have_a_size_of_their_own(
    fake_mnist: Callable[..., Path], make: Callable[..., Mnist]
) -> None:
    source = make(fake_mnist(), size=32, n=3)
    assert source.shorter_sides(source.drawn).tolist() == [28, 28, 28]
