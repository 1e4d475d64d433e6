"""On real images, where they are there: the audit and the wanted class say what is so."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from project.backbones.efficientnet_lite0 import EfficientNetLite0
from project.da.invert import Invert
from project.da.vflip import VFlip
from project.data.celeba import CelebA
from project.data.image_files import read_image
from project.metrics.measures import Measures
from project.metrics.memorisation import verdict
from project.metrics.pictures import Pictures
from project.metrics.references import References
from project.metrics.score_images import collect
from project.metrics.wanted_class import WantedClass

DATA = Path(__file__).parents[3] / "shared/data"
TRAINED, COPIED = 150, 20
Change = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


def re_encoded(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    found = []
    for image in images.transpose(0, 2, 3, 1):
        file = io.BytesIO()
        Image.fromarray(image).save(file, format="JPEG", quality=75)
        found.append(np.asarray(Image.open(file)).transpose(2, 0, 1))
    return np.stack(found)


CHANGES: dict[str, Change] = {
    "copies": lambda images: images,
    "flipped": lambda images: images[:, :, :, ::-1].copy(),
    "re-encoded": re_encoded,
    "shifted": lambda images: np.pad(images, ((0, 0), (0, 0), (2, 0), (1, 0)), "edge")[
        :, :, :-2, :-1
    ],
}


@pytest.fixture(scope="module")
def celeba(tmp_path_factory: pytest.TempPathFactory) -> CelebA:
    if not (DATA / "celeba").is_dir():
        pytest.skip("no CelebA here")
    return CelebA(
        root=DATA / "celeba",
        split=None,
        select=None,
        download=False,
        n=TRAINED,
        size=64,
        seed=0,
        on_corrupt="stop",
        cache=tmp_path_factory.mktemp("cache"),
    )


@pytest.fixture(scope="module")
def references(celeba: CelebA, lite: EfficientNetLite0) -> References:
    return References(
        training=Pictures.of(celeba.load().images, 50),
        held_out=Pictures.of(celeba.held_out(2 * TRAINED).images[:TRAINED], 50),
        treatments={"invert": Invert(), "vflip": VFlip()},
        network=lite.load("cpu"),
        backbone=lite,
        measures=Measures(splits=[1, 10], neighbours=5, kid_images=1000, seed=0, more={}),
        wanted=WantedClass((), strict=True, imagenet=True),
        images=TRAINED,
        cache=celeba.cache,
    )


@pytest.mark.parametrize("change", CHANGES)
def test_copies_of_faces_are_flagged(celeba: CelebA, references: References, change: str) -> None:
    copies = CHANGES[change](celeba.load().images[:COPIED])
    scores = references.score(references.passed(Pictures.of(copies, 50)))
    assert verdict(scores).startswith("copies of training images")


def test_other_faces_are_not(celeba: CelebA, references: References) -> None:
    others = celeba.held_out(2 * TRAINED).images[TRAINED:]
    scores = references.score(references.passed(Pictures.of(others, 50)))
    assert verdict(scores).startswith("no sign of copies")
    assert scores["nearest_train_distance_ratio"] == pytest.approx(1, abs=0.15)


def test_inverted_and_upside_down_faces_are_told(references: References) -> None:
    # With 1000 faces it is 0.99 or more; these are few.
    assert min(references.leak.accuracies.values()) > 0.9
    assert references.rows["held_out"]["leak_invert"] < 0.1
    assert references.rows["held_out"]["leak_vflip"] < 0.1


def test_treated_faces_are_farther_than_other_faces(references: References) -> None:
    rows = references.rows
    assert rows["held_out"]["fid"] < rows["vflip"]["fid"]
    assert rows["held_out"]["kid"] < rows["vflip"]["kid"] / 3
    assert rows["vflip"]["coverage"] < rows["held_out"]["coverage"] - 0.2


def test_pomeranians_are_more_probably_pomeranians(lite: EfficientNetLite0) -> None:
    dogs, pets = DATA / "stanford-dogs", DATA / "oxford-iiit-pet" / "images"
    if not (dogs.is_dir() and pets.is_dir()):
        pytest.skip("no dogs and cats here")
    folders = {
        "pomeranian": sorted((dogs / "n02112018-Pomeranian").glob("*.jpg"))[:20],
        "bulldog": sorted(pets.glob("american_bulldog_*.jpg"))[:15],
        "cat": sorted(pets.glob("Abyssinian_*.jpg"))[:15],
    }
    network = lite.load("cpu")
    wanted = WantedClass(["pomeranian"], strict=True, imagenet=True)
    found = {}
    for name, paths in folders.items():
        images = np.stack([read_image(path, 160, 3) for path in paths])
        logits = collect(Pictures.of(images, 50).batches(), network).logits
        found[name] = wanted.scores(logits)["wanted_class_probability"]
    assert found["pomeranian"] > 0.4
    assert max(found["bulldog"], found["cat"]) < 0.05
