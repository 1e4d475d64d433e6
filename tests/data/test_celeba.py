from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data_layouts import ATTRIBUTES, BALD, NO_BEARD, celeba_rows, write_image
from hydra.core.override_parser.overrides_parser import OverridesParser

from project.data.celeba import CelebA
from project.errors import UserError

LAYOUTS = ("torchvision", "kaggle", "zip")
PNG = "img_align_celeba_png"


@pytest.fixture
def make(common: dict[str, Any]) -> Callable[..., CelebA]:
    own: dict[str, Any] = {"split": None, "select": None, "download": False}
    return lambda root, **changes: CelebA(root=root, **{**own, **common, **changes})


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same(
    layout: str, fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    loaded = make(fake_celeba(layout)).load()
    assert loaded.images.shape == (12, 3, 16, 16)
    assert loaded.label_names == tuple(ATTRIBUTES)
    order = [int(name[:6]) - 1 for name in loaded.names]
    assert sorted(order) == list(range(12))
    assert np.array_equal(loaded.labels, (celeba_rows(12)[order] + 1) // 2)
    # Pictures of one colour each: the pixels must belong to the names.
    for place, image in zip(order, loaded.images, strict=True):
        colour = np.random.default_rng(place).integers(0, 256, 3)
        assert abs(image[:, 8, 8].astype(int) - colour).max() <= 3


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("split", "count"), [("train", 8), ("valid", 2), ("test", 2)])
def test_the_official_split(
    layout: str, split: str, count: int, fake_celeba: Callable[..., Path], make: Callable[..., Any]
) -> None:
    names = sorted(make(fake_celeba(layout), split=split).load().names)
    first = {"train": 1, "valid": 9, "test": 11}[split]
    assert names == [f"{first + i:06d}.jpg" for i in range(count)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("where", [".", "..", "img_align_celeba"])
def test_the_folder_above_or_below_does_too(
    layout: str, where: str, fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    root = (fake_celeba(layout) / where).resolve()
    if not root.is_dir():
        root.mkdir()  # zipped: an empty folder of that name beside the zip
    assert len(make(root).load()) == 12


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        (["+Bald", "-No_Beard"], [(BALD, 1), (NO_BEARD, 0)]),
        (["Bald"], [(BALD, 1)]),
        ("-Bald", [(BALD, 0)]),
        ([], []),
    ],
)
def test_selection_by_signed_attributes(
    select: Any, expected: Any, fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    source = make(fake_celeba(), select=select)
    mask = np.ones(12, bool)
    for column, value in expected:
        assert (source.labels[:, column] == value).all()
        mask &= (celeba_rows(12)[:, column] > 0) == value
    assert len(source.names) == mask.sum()


def test_signs_survive_the_command_line() -> None:
    override = OverridesParser.create().parse_override("data.select=[-No_Beard,+Bald]")
    assert override.value() == ["-No_Beard", "+Bald"]


def test_a_part_of_celeba_is_fine(
    fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    root = fake_celeba()
    (root / "img_align_celeba" / "000003.jpg").unlink()
    write_image(root / "img_align_celeba" / "200000.jpg")
    (root / "list_attr_celeba.txt").write_text(
        (root / "list_attr_celeba.txt").read_text().replace("12\n", "202599\n", 1)
    )
    names = make(root).names
    assert len(names) == 11
    assert not {"000003.jpg", "200000.jpg"} & set(names)


def test_what_is_left_out_is_counted_by_kind(
    fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    root = fake_celeba()
    for name in ("000003.jpg", "000004.jpg"):
        (root / "img_align_celeba" / name).unlink()
    write_image(root / "img_align_celeba" / "200000.jpg")
    for name in (".DS_Store", "notes.txt"):
        (root / "img_align_celeba" / name).touch()
    assert make(root).left_out == {
        "rows without an image": 2,
        "images without a row": 1,
        "hidden": 1,
        ".txt": 1,
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_png_files_are_the_same_faces(
    layout: str, fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    source = make(fake_celeba(layout, PNG), split="test")
    assert source.names == ("000011.png", "000012.png")
    assert np.array_equal(source.labels, (celeba_rows(12)[10:] + 1) // 2)
    colours = [np.random.default_rng(seed).integers(0, 256, 3) for seed in (10, 11)]
    assert sorted(source.load().images[:, :, 8, 8].tolist()) == sorted(map(list, colours))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_jpeg_files_come_first_unless_the_others_are_named(
    layout: str, fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    fake_celeba(layout, PNG)
    root = fake_celeba(layout)
    assert make(root).names[0] == "000001.jpg"
    named = root / (f"{PNG}.zip" if layout == "zip" else PNG)
    assert make(named).names[0] == "000001.png"


def test_the_partition_is_needed_only_for_a_split(
    fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    root = fake_celeba()
    (root / "list_eval_partition.txt").unlink()
    assert len(make(root).names) == 12
    with pytest.raises(UserError, match=r"lacks list_eval_partition\.txt.*data\.split") as caught:
        make(root, split="test")
    assert str(root) in str(caught.value)


def test_a_missing_attribute_file_names_place_layout_and_ways_out(
    fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    root = fake_celeba()
    (root / "list_attr_celeba.txt").unlink()
    with pytest.raises(UserError, match=r"lacks list_attr_celeba\.txt") as caught:
        make(root)
    for part in (str(root), "img_align_celeba/*.jpg", "data.download=true", "data=faces"):
        assert part in str(caught.value)


def test_missing_and_empty_folders(tmp_path: Path, make: Callable[..., CelebA]) -> None:
    with pytest.raises(UserError, match=r"nowhere is not a folder.*data\.root="):
        make(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"empty holds no image of CelebA.*data\.root="):
        make(tmp_path / "empty")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"select": ["+Bold"]}, r"data\.select names the attribute '.?Bold'.*Did you mean 'Bald'"),
        ({"select": ["-no_beard"]}, "Did you mean 'No_Beard'"),
        ({"select": ["+Bald", "-Bald"]}, r"select=\[\+Bald,-Bald\]"),
        ({"split": "trian"}, r"data\.split=trian.*'train'"),
        ({"n": 13}, "n=13 .* has 12"),
        ({"on_corrupt": "ignore"}, "Allowed: stop, skip"),
    ],
)
def test_bad_settings_are_sentences(
    change: Any, sentence: str, fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    with pytest.raises(UserError, match=sentence):
        make(fake_celeba(), **change)


def test_a_split_without_images_says_what_there_is(
    fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    root = fake_celeba()
    for name in ("000011.jpg", "000012.jpg"):
        (root / "img_align_celeba" / name).unlink()
    with pytest.raises(UserError, match=r"train: 8, valid: 2, test: 0"):
        make(root, split="test")


def test_images_of_other_names_match_no_row(
    fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    root = fake_celeba()
    shutil.rmtree(root / "img_align_celeba")
    write_image(root / "img_align_celeba" / "holiday.jpg")
    with pytest.raises(UserError, match="None of the 12 images"):
        make(root)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "header names 0"),
        ("3\nBald Young\n000001.jpg 1 1\n", "header names 2 attributes"),
        (f"1\n{' '.join(ATTRIBUTES)}\n000001.jpg 1 1\n", "malformed row for '000001.jpg'"),
        (f"1\n{' '.join(ATTRIBUTES)}\n000001.jpg 1\n", "malformed row for '000001.jpg'"),
        (f"1\n{' '.join(ATTRIBUTES)}\n000001.jpg {' '.join('y' * 40)}\n", "malformed row"),
        (f"1\n{' '.join(ATTRIBUTES)}\n,,\n", "malformed row for ''"),
    ],
)
def test_a_malformed_attribute_file(
    text: str, sentence: str, fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    root = fake_celeba()
    (root / "list_attr_celeba.txt").write_text(text)
    with pytest.raises(UserError, match=sentence):
        make(root)


def test_a_broken_zip(fake_celeba: Callable[..., Path], make: Callable[..., CelebA]) -> None:
    root = fake_celeba("zip")
    packed = root / "img_align_celeba.zip"
    whole = packed.read_bytes()
    packed.write_bytes(whole[:-50])
    with pytest.raises(UserError, match="not a whole zip file"):
        make(root)
    spoilt = bytearray(whole)
    spoilt[whole.index(b"\xff\xd8\xff") + 100] ^= 255
    packed.write_bytes(bytes(spoilt))
    with pytest.raises(UserError, match=r"1 of the 12 images.*CRC"):
        make(root).load()
    source = make(root, on_corrupt="skip")
    assert len(source.load()) == 11
    assert np.sort(source.shorter_sides(source.drawn)).tolist() == [0, *[24] * 11]


def test_a_download_without_network_tells_the_other_ways(
    tmp_path: Path, make: Callable[..., CelebA], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing listens there, so the download fails at once, with a network and without.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(UserError, match=r"could not be downloaded.*Kaggle.*data=faces"):
        make(tmp_path / "celeba", download=True)


def test_nothing_is_downloaded_where_all_is_there(
    fake_celeba: Callable[..., Path], make: Callable[..., CelebA]
) -> None:
    assert len(make(fake_celeba(), download=True).names) == 12


def test_the_real_faces(real_data: Path, make: Callable[..., CelebA]) -> None:
    source = make(real_data / "celeba", n=100, size=64)
    loaded = source.load()
    assert loaded.images.shape == (100, 3, 64, 64)
    assert len(source.left_over) == 2700
    assert len(make(real_data / "celeba", select=["+Bald", "-No_Beard"]).names) == 113
    with pytest.raises(UserError, match="train: 2800, valid: 0, test: 0"):
        make(real_data / "celeba", split="test")
