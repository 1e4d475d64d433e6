from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from original_images import treated

from project.da.contrast import Contrast
from project.da.flip import Flip
from project.da.invert import Invert
from project.da.kind import Transform, draw_sources
from project.da.vflip import VFlip
from project.data.source import ImageSet
from project.errors import UserError

KINDS = {
    "contrast": Contrast(factor=1.5),
    "invert": Invert(),
    "flip": Flip(),
    "vflip": VFlip(),
}


def grey(rows: list[list[int]]) -> np.ndarray:
    return np.array(rows, np.uint8)[None, None]


IMAGE = grey([[0, 10], [200, 255]])


def test_by_hand() -> None:
    assert treated(Invert(), IMAGE)[0, 0].tolist() == [[255, 245], [55, 0]]
    assert treated(Flip(), IMAGE)[0, 0].tolist() == [[10, 0], [255, 200]]
    assert treated(VFlip(), IMAGE)[0, 0].tolist() == [[200, 255], [0, 10]]


def test_contrast_by_hand() -> None:
    # Mean 100: 80 -> 70, 90 -> 85, 110 -> 115, 120 -> 130.
    image = grey([[80, 90], [110, 120]])
    assert treated(Contrast(factor=1.5), image)[0, 0].tolist() == [[70, 85], [115, 130]]


def test_contrast_clips_and_rounds() -> None:
    # Mean 116.25: -58.125 and -43.125 are black, 241.875 is rounded, 324.375 is white.
    image = grey([[0, 10], [200, 255]])
    assert treated(Contrast(factor=1.5), image)[0, 0].tolist() == [[0, 0], [242, 255]]


def test_contrast_moves_colours_from_the_mean_grey() -> None:
    # One pixel red, one black: grey is 0.299 * 200 = 59.8 and 0, so the mean is 29.9.
    image = np.zeros((1, 3, 1, 2), np.uint8)
    image[0, 0, 0, 0] = 200
    changed = treated(Contrast(factor=1.5), image)
    assert changed[0, :, 0, 0].tolist() == [255, 0, 0]
    assert treated(Contrast(factor=0), image).tolist() == np.full((1, 3, 1, 2), 30).tolist()
    # 29.9 + 0.5 * (200 - 29.9) = 114.95 and 29.9 - 0.5 * 29.9 = 14.95.
    assert treated(Contrast(factor=0.5), image)[0, :, 0, 0].tolist() == [115, 15, 15]


def test_contrast_of_an_even_image_is_the_image() -> None:
    image = np.full((1, 3, 4, 4), 77, np.uint8)
    assert np.array_equal(treated(Contrast(factor=9), image), image)


def test_contrast_1_is_the_identity_and_0_the_mean_grey(originals: ImageSet) -> None:
    images = originals.images
    assert np.array_equal(treated(Contrast(factor=1), images), images)
    flat = treated(Contrast(factor=0), images)
    for before, after in zip(images.astype(float), flat, strict=True):
        weighted = 0.299 * before[0] + 0.587 * before[1] + 0.114 * before[2]
        assert np.unique(after).tolist() == [round(weighted.mean())]


@pytest.mark.parametrize("factor", [-0.1, -1])
def test_a_negative_contrast_is_refused(factor: float) -> None:
    with pytest.raises(UserError, match=f"factor={factor} is not allowed. Allowed: 0 or more"):
        Contrast(factor=factor)


@pytest.mark.parametrize("factor", [float("nan"), float("inf")])
def test_a_contrast_that_is_no_number_is_refused(factor: float) -> None:
    with pytest.raises(UserError):
        Contrast(factor=factor)


@pytest.fixture(params=[1, 3])
def originals(request: pytest.FixtureRequest) -> ImageSet:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (5, 3, 6, 6), dtype=np.uint8)
    if request.param == 1:
        # Three equal channels stand for grey, whose luma is its own value.
        images = np.repeat(images[:, :1], 3, axis=1)
    return ImageSet(images, tuple("abcde"), np.zeros((5, 0), np.int64), (), (), "f")


@pytest.mark.parametrize("name", ["invert", "flip", "vflip"])
def test_involutions(name: str, originals: ImageSet) -> None:
    kind = KINDS[name]
    once = treated(kind, originals.images)
    assert not np.array_equal(once, originals.images)
    assert np.array_equal(treated(kind, once), originals.images)


def test_flips_commute(originals: ImageSet) -> None:
    one_way = treated(Flip(), treated(VFlip(), originals.images))
    assert np.array_equal(one_way, treated(VFlip(), treated(Flip(), originals.images)))
    assert np.array_equal(one_way, np.rot90(originals.images, 2, axes=(2, 3)))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_image_by_itself_bytes_to_bytes(kind: Transform, channels: int) -> None:
    images = np.random.default_rng(3).integers(0, 256, (4, channels, 6, 5), dtype=np.uint8)
    before = images.copy()
    together = treated(kind, images)
    assert together.dtype == np.uint8
    assert together.shape == images.shape
    assert np.array_equal(images, before)
    alone = np.concatenate([treated(kind, images[i : i + 1]) for i in range(4)])
    assert np.array_equal(together, alone)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_images_stay_no_images(kind: Transform) -> None:
    assert treated(kind, np.zeros((0, 3, 4, 4), np.uint8)).shape == (0, 3, 4, 4)


def test_grey_agrees_with_three_equal_channels() -> None:
    images = np.random.default_rng(3).integers(0, 256, (4, 1, 6, 5), dtype=np.uint8)
    for kind in KINDS.values():
        colour = treated(kind, np.repeat(images, 3, axis=1))
        assert np.array_equal(colour, np.repeat(treated(kind, images), 3, axis=1))


@pytest.mark.parametrize(("available", "count"), [(5, 0), (5, 3), (5, 5), (5, 12), (1, 4)])
def test_sources_are_drawn_without_replacement_as_far_as_they_go(
    available: int, count: int
) -> None:
    for seed in range(20):
        drawn = draw_sources(available, count, np.random.default_rng(seed)).tolist()
        assert len(drawn) == count
        assert set(drawn) <= set(range(available))
        times = Counter(dict.fromkeys(range(available), 0))
        times.update(drawn)
        assert max(times.values()) - min(times.values()) <= 1
        # Each round is used up before the next begins.
        for start in range(0, count, available):
            assert len(set(drawn[start : start + available])) == len(
                drawn[start : start + available]
            )


def test_every_source_is_drawn_equally_often() -> None:
    times = Counter[int]()
    for seed in range(600):
        times.update(draw_sources(6, 2, np.random.default_rng(seed)).tolist())
    # 200 expected; five standard deviations of a binomial count are 58.
    assert all(142 < times[i] < 258 for i in range(6))


def test_a_transform_says_what_it_was_made_from(originals: ImageSet) -> None:
    made = Contrast(factor=1.5).draw(originals, 8, np.random.default_rng(1), {})
    assert made.parameters == [{"factor": 1.5}] * 8
    by_name = dict(zip(originals.names, originals.images, strict=True))
    named = np.stack([by_name[name] for name in made.sources])
    assert np.array_equal(made.images, treated(Contrast(factor=1.5), named))
    assert Flip().draw(originals, 1, np.random.default_rng(1), {}).parameters == [{}]
