from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from project.data.folder import Folder
from project.data.listing import images_in, list_images, reads_heic, told
from project.errors import UserError


@pytest.fixture
def without_heif(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where pillow-heif is not installed."""
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    reads_heic.cache_clear()
    yield
    reads_heic.cache_clear()


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_images_are_sorted_and_the_rest_is_counted_by_kind(tmp_path: Path) -> None:
    touch(tmp_path, "b.JPG", "a/z.png", "a/y.webp", ".hidden.jpg", ".git/x.jpg", ".git/y.jpg")
    touch(tmp_path, "note.txt", "a/more.TXT", "m.mat", "README", "__MACOSX/b.jpg")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    found, left_out = list_images(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "a/y.webp",
        "a/z.png",
        "b.JPG",
    ]
    assert left_out == {"hidden": 3, ".txt": 2, ".mat": 1, "no ending": 1}


@pytest.mark.parametrize(
    ("ending", "kind"), [("jfif", "JPEG"), ("jpe", "JPEG"), ("avif", "AVIF"), ("JFIF", "JPEG")]
)
def test_less_common_endings_are_read(
    ending: str, kind: str, tmp_path: Path, common: dict[str, Any]
) -> None:
    Image.new("RGB", (20, 20), (200, 40, 90)).save(tmp_path / f"a.{ending}", kind, quality=95)
    pixels = Folder(root=tmp_path, channels=3, **common).load().images[0, :, 8, 8]
    assert abs(pixels.astype(int) - (200, 40, 90)).max() <= 4


@pytest.mark.parametrize("ending", ["heic", "HEIF", "hif"])
def test_heic_is_read_with_its_extra(ending: str, tmp_path: Path, common: dict[str, Any]) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    picture = Image.new("RGB", (64, 64), (200, 40, 90))
    pillow_heif.from_pillow(picture).save(tmp_path / f"a.{ending}", quality=95)
    source = Folder(root=tmp_path, channels=3, **common)
    assert not source.left_out
    assert abs(source.load().images[0, :, 8, 8].astype(int) - (200, 40, 90)).max() <= 6


@pytest.mark.usefixtures("without_heif")
def test_heic_without_its_extra_is_named(tmp_path: Path, common: dict[str, Any]) -> None:
    touch(tmp_path / "own", "a.heic", "b.HEIC", "c.heif")
    with pytest.raises(
        UserError,
        match=r"holds no images .* Left out: \.heic 2, \.heif 1; HEIC .*"
        r"pip install pillow-heif\. Put images there",
    ):
        images_in(tmp_path / "own", "data.root")
    Image.new("RGB", (20, 20)).save(tmp_path / "own" / "d.png")
    assert Folder(root=tmp_path / "own", channels=3, **common).left_out == {".heic": 2, ".heif": 1}


def test_what_is_told_is_short() -> None:
    assert told({}) == ""
    assert told({"hidden": 3, ".txt": 12}) == ".txt 12, hidden 3"
    many = {f".{place}": 9 - place for place in range(8)}
    assert told(many) == ".0 9, .1 8, .2 7, .3 6, .4 5, .5 4, other kinds 5"
