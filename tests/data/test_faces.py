"""The built-in faces: determinism, labels that the picture shows, antialiasing, refusals."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from project.data.faces.canvas import Canvas, ellipse
from project.data.faces.drawing import draw_face
from project.data.faces.faces import Faces
from project.data.faces.head import Head
from project.data.faces.traits import LABEL_NAMES, Rates, Traits, draw_traits
from project.errors import UserError

RATES = Rates(bald=0.3, beard=0.4, smiling=0.5, eyeglasses=0.2)


def faces(cache: Path, **changed: Any) -> Faces:
    options: dict[str, Any] = {
        "total": 300,
        "pool_seed": 0,
        "p_bald": 0.3,
        "p_beard": 0.4,
        "p_smiling": 0.5,
        "p_eyeglasses": 0.2,
        "select": None,
        "n": None,
        "size": 32,
        "seed": 0,
        "on_corrupt": "stop",
        "cache": cache,
    }
    return Faces(**(options | changed))


def looks_like_hair(image: NDArray[np.uint8], traits: Traits, u: float, v: float) -> bool:
    """Whether the pixels at a point of the head are nearer to hair than to skin.

    Both colours are compared in about the light that falls on that point.
    """
    down, scale = v - 0.5 / traits.scale, traits.scale
    x = traits.offset[0] + scale * (u * math.cos(traits.tilt) - down * math.sin(traits.tilt))
    y = traits.offset[1] + 0.5 + scale * (u * math.sin(traits.tilt) + down * math.cos(traits.tilt))
    side = image.shape[1]
    column, row = int((x + 1) / 2 * side), int((y + 1) / 2 * side)
    reach = side // 64
    rows = slice(max(0, row - reach), row + reach + 1)
    seen = image[:, rows, column - reach : column + reach + 1].mean((1, 2)) / 255
    light = Head(Canvas(side), traits).shade[row, column]
    shades = light * np.linspace(0.85, 1.2, 20)[:, None]
    warm = 1 - np.clip(1 - shades, 0, 1) * np.array([0.0, 0.3, 0.4])
    to_hair = np.abs(shades * np.array(traits.hair) - seen).sum(1).min()
    to_skin = np.abs(shades * warm * np.array(traits.skin) - seen).sum(1).min()
    return bool(to_hair < to_skin)


@pytest.mark.parametrize("size", [32, 64])
def test_labels_are_what_the_picture_shows(tmp_path: Path, size: int) -> None:
    source = faces(tmp_path, total=400, size=size)
    bald = source.labels[:, LABEL_NAMES.index("Bald")] == 1
    beard = source.labels[:, LABEL_NAMES.index("No_Beard")] == 0
    crown_hair, chin_hair = np.zeros(400, bool), np.zeros(400, bool)
    for index in range(400):
        traits, image = draw_traits(0, index, RATES), source.decode(index)
        turn = traits.width * math.sin(traits.yaw * 0.8)
        crown_hair[index] = looks_like_hair(image, traits, 0.0, -0.66)
        chin_hair[index] = looks_like_hair(image, traits, 0.5 * turn, 0.62)
    assert np.mean(crown_hair == ~bald) >= 0.99
    assert np.mean(chin_hair == beard) >= 0.99


def test_every_beard_and_every_bald_head_is_seen_at_32_pixels() -> None:
    """Against the same person without it: the least visible of 300 is still visible."""
    for index in range(300):
        traits = draw_traits(0, index, RATES)
        for other in (replace(traits, bald=not traits.bald), replace(traits, beard="none")):
            if other != traits:
                change = np.abs(draw_face(traits, 32).astype(float) - draw_face(other, 32))
                # At least 25 pixels change by a tenth of the range or more.
                assert np.count_nonzero(change.max(0) > 25) >= 25, (index, traits)


def test_a_face_is_the_same_in_every_pool_size_and_draw(tmp_path: Path) -> None:
    small, large = faces(tmp_path, total=5), faces(tmp_path, total=50, n=20, seed=3)
    for index in range(5):
        assert np.array_equal(small.decode(index), large.decode(index))
        assert small.file_identity(index) == large.file_identity(index)
    assert np.array_equal(small.labels, large.labels[:5])


def test_pool_seed_changes_the_faces_and_seed_only_the_draw(tmp_path: Path) -> None:
    first = faces(tmp_path, n=10)
    other_pool, other_draw = faces(tmp_path, n=10, pool_seed=1), faces(tmp_path, n=10, seed=1)
    assert not np.array_equal(first.decode(0), other_pool.decode(0))
    assert first.file_identity(0) != other_pool.file_identity(0)
    assert np.array_equal(first.decode(0), other_draw.decode(0))
    assert set(first.drawn.tolist()) != set(other_draw.drawn.tolist())


def test_a_base_rate_changes_its_own_trait_and_nothing_else(tmp_path: Path) -> None:
    few, many = faces(tmp_path, p_bald=0.1), faces(tmp_path, p_bald=0.9)
    own = {"Bald", "Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair"}
    for column, name in enumerate(LABEL_NAMES):
        same = np.array_equal(few.labels[:, column], many.labels[:, column])
        assert same == (name not in own)
    kept = np.flatnonzero((few.labels == many.labels).all(1))[0]
    assert np.array_equal(few.decode(kept), many.decode(kept))


def test_base_rates_hold_and_are_independent(tmp_path: Path) -> None:
    total = 4000
    source = faces(tmp_path, total=total)
    column = dict(zip(LABEL_NAMES, source.labels.T, strict=True))
    bald, beard = column["Bald"] == 1, column["No_Beard"] == 0
    observed = [
        (bald, 0.3),
        (beard, 0.4),
        (column["Smiling"] == 1, 0.5),
        (column["Eyeglasses"] == 1, 0.2),
        (bald & beard, 0.12),
    ]
    for seen, rate in observed:
        assert abs(seen.mean() - rate) < 4 * math.sqrt(rate * (1 - rate) / total)


def test_rates_of_nought_and_one_are_exact(tmp_path: Path) -> None:
    source = faces(tmp_path, p_bald=1.0, p_beard=0.0)
    assert source.labels[:, LABEL_NAMES.index("Bald")].all()
    assert source.labels[:, LABEL_NAMES.index("No_Beard")].all()
    assert not source.labels[:, LABEL_NAMES.index("Black_Hair")].any()


@pytest.mark.parametrize("size", [16, 17, 32, 100, 512])
def test_any_size_fills_the_range_of_a_byte(tmp_path: Path, size: int) -> None:
    image = faces(tmp_path, total=1, size=size).decode(0)
    assert image.shape == (3, size, size)
    assert image.dtype == np.uint8
    assert image.max() > 180
    assert image.min() < 60


def test_a_small_picture_is_the_average_of_a_large_one() -> None:
    """What antialiasing means; picking single pixels of the large one is what it is not."""
    for index in range(6):
        traits = draw_traits(0, index, RATES)
        small = draw_face(traits, 64).astype(float)
        large = draw_face(traits, 512).astype(float)
        average = large.reshape(3, 64, 8, 64, 8).mean((2, 4))
        picked = large[:, 4::8, 4::8]
        assert np.abs(small - average).mean() < 0.5 * np.abs(picked - average).mean()


def test_coverage_adds_up_to_the_shape_s_area() -> None:
    canvas = Canvas(64)
    alpha = canvas.cover(ellipse(canvas.x - 0.013, canvas.y, 0.5, 0.7))
    assert alpha.sum() * canvas.pixel**2 == pytest.approx(math.pi * 0.5 * 0.7, rel=0.003)
    assert np.count_nonzero((alpha > 0.05) & (alpha < 0.95)) > 80


def test_a_flip_is_a_real_change(tmp_path: Path) -> None:
    source = faces(tmp_path)
    images = np.stack([source.decode(index) for index in range(50)]).astype(float)
    change = np.abs(images - images[..., ::-1]).mean((1, 2, 3))
    assert change.min() > 5


def test_select_keeps_what_it_says(tmp_path: Path) -> None:
    whole, chosen = faces(tmp_path), faces(tmp_path, select=["+Bald", "-No_Beard"])
    bald, no_beard = LABEL_NAMES.index("Bald"), LABEL_NAMES.index("No_Beard")
    expected = np.flatnonzero((whole.labels[:, bald] == 1) & (whole.labels[:, no_beard] == 0))
    assert chosen.names == tuple(whole.names[i] for i in expected)
    assert np.array_equal(chosen.decode(0), whole.decode(int(expected[0])))


def test_load_and_held_out_share_the_pool(tmp_path: Path) -> None:
    source = faces(tmp_path, total=12, n=8)
    drawn, rest = source.load(), source.held_out(None)
    assert sorted(drawn.names + rest.names) == sorted(source.names)
    assert np.array_equal(drawn.images[0], source.decode(int(source.drawn[0])))
    assert drawn.labels.shape == (8, len(LABEL_NAMES))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"total": 0}, "data.total=0"),
        ({"pool_seed": -1}, "data.pool_seed=-1"),
        ({"size": 8}, "16 to 512"),
        ({"size": 1024}, "16 to 512"),
        ({"p_bald": 1.2}, "data.p_bald=1.2"),
        ({"p_beard": -0.1}, "data.p_beard=-0.1"),
        ({"n": 301}, "1 to 300"),
        ({"select": ["+Blad"]}, "Did you mean 'Bald'"),
        ({"select": ["+Bald", "-Bald"]}, "leaves none of the 300 images"),
    ],
)
def test_bad_input_is_told_in_a_sentence(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        faces(tmp_path, **changed)
