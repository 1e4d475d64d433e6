from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from data_layouts import write_image

from project.data.pets import BREEDS, Pets
from project.errors import UserError


@pytest.fixture
def make(common: dict[str, Any]) -> Callable[..., Pets]:
    own: dict[str, Any] = {"extra_dirs": []}
    return lambda root, **changes: Pets(root=root, **{**own, **common, **changes})


def test_there_are_37_breeds() -> None:
    assert len(set(BREEDS)) == 37


@pytest.mark.parametrize("where", [".", "..", "images"])
def test_classes_come_from_the_file_names(
    where: str, fake_pets: Path, make: Callable[..., Pets]
) -> None:
    loaded = make((fake_pets / where).resolve(), breeds=["pug", "Abyssinian"]).load()
    labels = dict(zip(loaded.names, loaded.labels[:, 0].tolist(), strict=True))
    assert labels == {
        "pug_1.jpg": 1,
        "pug_2.jpg": 1,
        "Abyssinian_1.jpg": 0,  # in no list
        "Abyssinian_2.jpg": 0,
        "Abyssinian_3.jpg": 0,
    }
    assert loaded.label_names == ("breed",)


@pytest.mark.parametrize(
    "name", ["saint_bernard", "Saint Bernard", "SAINT-BERNARD", "saintbernard", "Saint_Bernard"]
)
def test_spelling_is_forgiven(name: str, fake_pets: Path, make: Callable[..., Pets]) -> None:
    source = make(fake_pets, breeds=name)
    assert source.breeds == ("saint_bernard",)
    assert len(source.names) == 2


@pytest.mark.parametrize(
    ("breeds", "sentence"),
    [
        (["pomeranien"], r"'pomeranien'.*Did you mean 'pomeranian'"),
        (["unicorn"], "none of the 37.*Allowed: Abyssinian"),
        ([], "empty"),
        (["pomeranian"], r"No image.*pomeranian.*Abyssinian 3, pug 2, saint_bernard 2.*extra_dirs"),
    ],
)
def test_breeds_that_cannot_be_had(
    breeds: list[str], sentence: str, fake_pets: Path, make: Callable[..., Pets]
) -> None:
    with pytest.raises(UserError, match=sentence):
        make(fake_pets, breeds=breeds)


def test_a_missing_root_says_so(tmp_path: Path, make: Callable[..., Pets]) -> None:
    with pytest.raises(UserError, match=r"nowhere.*Breeds there: none.*data\.root="):
        make(tmp_path / "nowhere", breeds=["pug"])


def test_extra_folders_top_up_the_first_breed(
    fake_pets: Path, tmp_path: Path, make: Callable[..., Pets]
) -> None:
    for folder in ("one/more", "two/more"):
        write_image(tmp_path / folder / "deep" / "x.jpg")
    folders = [tmp_path / "one" / "more", str(tmp_path / "two" / "more")]
    source = make(fake_pets, breeds=["pug", "Abyssinian"], extra_dirs=folders)
    labels = dict(zip(source.names, source.labels[:, 0].tolist(), strict=True))
    assert labels["pug/more/deep/x.jpg"] == labels["pug/more.2/deep/x.jpg"] == 1
    assert len(labels) == 7
    assert len(source.load()) == 7


def test_what_is_of_other_classes_is_another_set(
    fake_pets: Path, tmp_path: Path, make: Callable[..., Pets]
) -> None:
    write_image(tmp_path / "more" / "x.jpg")
    one, other = ["pug", "Abyssinian"], ["Abyssinian", "pug"]
    first, second = (make(fake_pets, breeds=breeds) for breeds in (one, other))
    # However it is written, one training with one fingerprint.
    assert first.load().fingerprint == second.load().fingerprint
    assert first.labels.tolist() == second.labels.tolist()
    more = [make(fake_pets, breeds=b, extra_dirs=[tmp_path / "more"]) for b in (one, other)]
    assert [source.labels[-1].tolist() for source in more] == [[1], [0]]
    assert more[0].load().fingerprint != more[1].load().fingerprint


def test_what_is_left_out_is_counted(
    fake_pets: Path, tmp_path: Path, make: Callable[..., Pets]
) -> None:
    for name in ("unicorn_1.jpg", "pug.jpg", "deep/pug_3.jpg"):
        write_image(fake_pets / "images" / name)
    write_image(tmp_path / "more" / "x.jpg")
    (tmp_path / "more" / ".x.jpg").touch()
    source = make(fake_pets, breeds=["pug"], extra_dirs=[tmp_path / "more"])
    assert source.left_out == {".mat": 1, "images without a breed": 3, "hidden": 1}
    assert len(source.names) == 3


def test_extra_folders_suffice_without_the_data_set(
    tmp_path: Path, make: Callable[..., Pets]
) -> None:
    write_image(tmp_path / "more" / "x.jpg")
    source = make(tmp_path / "nowhere", breeds="pomeranian", extra_dirs=str(tmp_path / "more"))
    assert source.names == ("more/x.jpg",)


def test_extra_folders_that_fail(
    fake_pets: Path, tmp_path: Path, make: Callable[..., Pets]
) -> None:
    with pytest.raises(UserError, match=r"does not exist.*data\.extra_dirs="):
        make(fake_pets, breeds="pug", extra_dirs=[tmp_path / "gone"])
    with pytest.raises(UserError, match=r"used twice.*Name each once"):
        make(fake_pets, breeds="pug", extra_dirs=[fake_pets / "images"])


def test_the_real_pets(real_data: Path, make: Callable[..., Pets]) -> None:
    root = real_data / "oxford-iiit-pet"
    three = make(root, breeds=["abyssinian", "bengal", "American Bulldog"], n=600).load()
    assert three.images.shape == (600, 3, 16, 16)
    assert [int((three.labels == k).sum()) for k in range(3)] == [200, 200, 200]
    with pytest.raises(UserError, match="Abyssinian 200, Bengal 200, american_bulldog 200"):
        make(root, breeds=["Pomeranian"])
    more = [real_data / "stanford-dogs" / "n02112018-Pomeranian"]
    dogs = make(root, breeds=["Pomeranian"], extra_dirs=more, n=200)
    assert len(dogs.load()) == 200
    assert len(dogs.left_over) == 19
