from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data_layouts import write_image
from numpy.typing import NDArray
from PIL import Image

from project.data.folder import Folder
from project.data.source import split_order
from project.errors import UserError


class Counted(Folder):
    """A folder that counts what it decodes."""

    def __init__(self, **settings: Any) -> None:
        self.decoded: list[int] = []
        super().__init__(**settings)

    def decode(self, index: int) -> NDArray[np.uint8]:
        self.decoded.append(index)
        return super().decode(index)


@pytest.fixture
def make(pictures: Path, common: dict[str, Any]) -> Callable[..., Counted]:
    return lambda **changes: Counted(**{"root": pictures, "channels": 3, **common, **changes})


def test_order_names_and_pixels_belong_together(make: Callable[..., Counted]) -> None:
    loaded = make(n=30).load()
    assert loaded.images.shape == (30, 3, 16, 16)
    assert loaded.images.dtype == np.uint8
    assert [f"{value:02d}.png" for value in loaded.images[:, 0, 3, 3]] == list(loaded.names)
    assert loaded.skipped == ()


def test_bitmaps_of_one_name_length_and_time_are_not_taken_for_each_other(
    common: dict[str, Any], tmp_path: Path
) -> None:
    loaded = []
    for folder, grey in (("one", 10), ("two", 200)):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (16, 16), (grey,) * 3).save(tmp_path / folder / "1.bmp")
        os.utime(tmp_path / folder / "1.bmp", (0, 0))
        loaded.append(Folder(root=tmp_path / folder, channels=3, **common).load().images)
    assert [int(images[0, 0, 0, 0]) for images in loaded] == [10, 200]


def test_the_second_time_nothing_is_decoded(make: Callable[..., Counted]) -> None:
    first, second = make(), make()
    a, b = first.load(), second.load()
    assert len(first.decoded) == 40
    assert second.decoded == []
    assert np.array_equal(a.images, b.images)
    assert a.fingerprint == b.fingerprint


def test_drawn_and_left_over_are_different_entries(make: Callable[..., Counted]) -> None:
    source = make(n=25)
    drawn, held_out = source.load(), source.held_out(None)
    assert len(held_out) == 15
    assert not set(drawn.names) & set(held_out.names)
    assert drawn.fingerprint != held_out.fingerprint
    assert len(source.held_out(4)) == 4


def test_nothing_left_over_is_an_empty_set(make: Callable[..., Counted]) -> None:
    empty = make().held_out(None)
    assert empty.images.shape == (0, 3, 16, 16)
    assert empty.names == ()


@pytest.mark.parametrize("change", [{"size": 8}, {"channels": 1}, {"seed": 1}, {"n": 39}])
def test_other_settings_decode_again(make: Callable[..., Counted], change: dict[str, int]) -> None:
    make().load()
    other = make(**change)
    other.load()
    assert other.decoded
    first = make()
    first.load()
    assert first.decoded == []  # each has an entry of its own


def test_a_changed_file_is_decoded_again(make: Callable[..., Counted], pictures: Path) -> None:
    before = make().load().fingerprint
    Image.new("RGB", (20, 20), (200, 0, 0)).save(pictures / "03.png")
    os.utime(pictures / "03.png", ns=(1, 1))
    after = make().load()
    assert after.fingerprint != before
    assert after.images[after.names.index("03.png"), 0, 0, 0] == 200


def test_a_file_touched_but_not_changed_keeps_the_fingerprint(
    make: Callable[..., Counted], pictures: Path
) -> None:
    before = make().load().fingerprint
    os.utime(pictures / "03.png", ns=(1, 1))
    again = make()
    assert again.load().fingerprint == before
    assert again.decoded


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-50] ^= 1
    path.write_bytes(bytes(data))


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("ending", "damage"),
    [
        ("npy", truncate),
        ("npy", flip_a_byte),
        ("npy", empty),
        ("npy", Path.unlink),
        ("json", truncate),
        ("json", empty),
        ("json", Path.unlink),
        ("json", lambda path: path.write_text("[]")),
    ],
)
def test_a_broken_entry_is_built_again(
    make: Callable[..., Counted], tmp_path: Path, ending: str, damage: Callable[[Path], None]
) -> None:
    whole = make().load()
    (file,) = (tmp_path / "cache").glob(f"*.{ending}")
    damage(file)
    again = make()
    loaded = again.load()
    assert len(again.decoded) == 40
    assert np.array_equal(loaded.images, whole.images)
    third = make()
    third.load()
    assert third.decoded == []


def test_an_entry_never_holds_pickles(make: Callable[..., Counted], tmp_path: Path) -> None:
    make().load()
    (file,) = (tmp_path / "cache").glob("*.npy")
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    again = make()
    again.load()
    assert len(again.decoded) == 40


def test_no_temporary_file_stays(make: Callable[..., Counted], tmp_path: Path) -> None:
    make().load()
    assert not list((tmp_path / "cache").glob("*.tmp"))


def spoil(folder: Path, count: int) -> list[str]:
    names = [f"bad{i:02d}.jpg" for i in range(count)]
    for name in names:
        (folder / name).write_text("I am text")
    return names


def test_corrupt_images_stop_the_run_by_name(make: Callable[..., Counted], pictures: Path) -> None:
    whole = (pictures / "05.png").read_bytes()
    (pictures / "05.png").write_bytes(whole[: len(whole) // 2])
    (pictures / "06.png").write_bytes(b"")
    spoil(pictures, 1)
    with pytest.raises(UserError, match=r"data\.on_corrupt=skip") as caught:
        make().load()
    text = str(caught.value)
    assert "3 of the 41 images" in text
    assert "bad00.jpg (not an image)" in text
    assert "06.png (0 bytes)" in text
    assert "05.png (" in text


def test_ten_corrupt_images_are_listed_and_the_rest_counted(
    make: Callable[..., Counted], pictures: Path
) -> None:
    spoil(pictures, 13)
    with pytest.raises(UserError, match="and 3 more") as caught:
        make().load()
    assert str(caught.value).count("bad") == 10


def test_skip_goes_on_and_remembers(make: Callable[..., Counted], pictures: Path) -> None:
    bad = spoil(pictures, 2)
    for decoded in (42, 0):
        source = make(on_corrupt="skip")
        loaded = source.load()
        assert len(source.decoded) == decoded
        assert sorted(loaded.skipped) == bad
        assert len(loaded) == len(loaded.names) == len(loaded.labels) == 40
        values = [f"{value:02d}.png" for value in loaded.images[:, 0, 3, 3]]
        assert values == list(loaded.names)
    with pytest.raises(UserError, match=r"bad00\.jpg"):
        make(on_corrupt="stop").load()


def test_all_that_is_left_over_may_be_corrupt(common: dict[str, Any], tmp_path: Path) -> None:
    for number in range(4):
        write_image(tmp_path / "some" / f"{number}.png", number)
    order = split_order(4, 0)
    (tmp_path / "some" / f"{order[-1]}.png").write_bytes(b"")
    given = {**common, "on_corrupt": "skip", "n": 3, "seed": 0}
    source = Folder(root=tmp_path / "some", channels=3, **given)
    assert len(source.load()) == 3
    assert len(source.held_out(None)) == 0


@pytest.mark.parametrize("on_corrupt", ["stop", "skip"])
def test_all_corrupt_is_an_error(common: dict[str, Any], tmp_path: Path, on_corrupt: str) -> None:
    (tmp_path / "bad").mkdir()
    spoil(tmp_path / "bad", 3)
    source = Folder(root=tmp_path / "bad", channels=3, **{**common, "on_corrupt": on_corrupt})
    with pytest.raises(UserError, match="All 3 images"):
        source.load()


def test_an_unwritable_cache_is_a_sentence(make: Callable[..., Counted], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot be written.*data\.cache=<folder>"):
        make(cache=tmp_path / "file" / "cache").load()


def test_a_full_cache_is_read_without_writing_anything(
    make: Callable[..., Counted], tmp_path: Path
) -> None:
    make().load()
    for lock in (tmp_path / "cache").glob("*.lock"):
        lock.unlink()
    before = sorted((tmp_path / "cache").iterdir())
    make().load()
    assert sorted((tmp_path / "cache").iterdir()) == before
