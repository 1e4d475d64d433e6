from __future__ import annotations

import pytest
import torch
from torch import Tensor

from project.modules.face_changes import Artefacts, InTurn, Shifted, Tinted, Warped

IMAGES = torch.rand(40, 3, 16, 16)
STILL = {"degrees": 0.0, "zoom": 0.0, "move": 0.0, "contrast": 0.0, "brightness": 0.0}


def mirrored(changed: Tensor, images: Tensor) -> list[bool]:
    """Says which images were mirrored, when nothing else was done to them."""
    found = []
    for one, other in zip(changed, images, strict=True):
        found.append(bool(torch.allclose(one, other.flip(2), atol=1e-5)))
        assert found[-1] or torch.allclose(one, other, atol=1e-5)
    return found


@pytest.mark.parametrize("changes", [Shifted(pixels=0, brightness=0.0), Warped(**STILL)])
def test_half_are_mirrored(changes: Shifted | Warped) -> None:
    assert 0.25 < sum(mirrored(changes(IMAGES), IMAGES)) / len(IMAGES) < 0.75


@pytest.mark.parametrize(
    "changes",
    [
        Shifted(pixels=2, brightness=0.5),
        Warped(degrees=20.0, zoom=0.2, move=0.1, contrast=0.5, brightness=0.3),
        Tinted(saturation=1.0, gain=0.5, light=0.3),
    ],
)
def test_values_stay_in_their_range(changes: Shifted | Warped | Tinted) -> None:
    changed = changes(IMAGES)
    assert changed.shape == IMAGES.shape
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert not torch.allclose(changed, IMAGES, atol=0.05)


def test_light_is_changed_as_far_as_it_says() -> None:
    grey = torch.full((200, 3, 4, 4), 0.5)
    contrast = Warped(**STILL | {"contrast": 0.9})(grey)
    torch.testing.assert_close(contrast, grey)
    for changes, most in (
        (Shifted(pixels=0, brightness=0.2), 0.1),
        (Warped(**STILL | {"brightness": 0.1}), 0.1),
    ):
        by = changes(grey)[:, 0, 0, 0] - 0.5
        assert 0.9 * most < by.max() <= most + 1e-6
        assert -0.9 * most > by.min() >= -most - 1e-6


def test_a_point_is_moved_by_its_share_of_the_side() -> None:
    point = torch.zeros(300, 1, 20, 20)
    point[:, :, 9:11, 9:11] = 1
    moved = Warped(**STILL | {"move": 0.1})(point)
    weights = moved.sum((1, 2, 3))
    rows = (moved.sum((1, 3)) * torch.arange(20)).sum(1) / weights
    columns = (moved.sum((1, 2)) * torch.arange(20)).sum(1) / weights
    for at in (rows, columns):
        assert 1.8 < (at - 9.5).abs().max() < 2.05


def test_what_is_turned_keeps_its_distance_to_the_middle() -> None:
    bar = torch.zeros(100, 1, 41, 41)
    bar[:, :, 4:9, 19:22] = 1
    turned = Warped(**STILL | {"degrees": 30.0})(bar)
    weights = turned.sum((1, 2, 3))
    down = (turned.sum((1, 3)) * (torch.arange(41) - 20.0)).sum(1) / weights
    right = (turned.sum((1, 2)) * (torch.arange(41) - 20.0)).sum(1) / weights
    torch.testing.assert_close(torch.hypot(down, right), torch.full((100,), 14.0), atol=0.2, rtol=0)
    angles = torch.rad2deg(torch.atan2(right, -down))
    assert 27 < angles.max() <= 30.5
    assert -27 > angles.min() >= -30.5


UNSPOILT = {"p": 1.0, "blur": 0.0, "noise": 0.0, "tile": 0.0}


def test_only_a_share_of_the_images_is_spoilt() -> None:
    images = torch.rand(400, 3, 8, 8)
    spoilt = Artefacts(p=0.25, blur=1.5, noise=0.1, tile=0.1)(images)
    hit = (spoilt != images).flatten(1).any(1)
    assert 0.15 < float(hit.double().mean()) < 0.35
    assert torch.equal(Artefacts(**UNSPOILT | {"p": 0.0})(images), images)


def test_a_tile_repeats() -> None:
    grey = torch.full((50, 3, 20, 20), 0.5)
    tiled = Artefacts(**UNSPOILT | {"tile": 0.05})(grey)
    # Every tile has 2, 4 or 8 pixels to a side.
    assert torch.equal(tiled[:, :, 8:16, 8:16], tiled[:, :, :8, :8])
    assert torch.equal(tiled[:, :, 16:, 16:], tiled[:, :, :4, :4])
    assert 0.01 < float((tiled - grey).std()) < 0.05


def test_noise_is_as_strong_as_it_says() -> None:
    grey = torch.full((200, 3, 16, 16), 0.5)
    deviations = (Artefacts(**UNSPOILT | {"noise": 0.1})(grey) - grey).flatten(1).std(1)
    assert 0.09 < float(deviations.max()) < 0.11
    assert float(deviations.mean()) == pytest.approx(0.05, abs=0.01)


def test_a_blur_keeps_grey_and_spreads_a_point() -> None:
    blur = Artefacts(**UNSPOILT | {"blur": 1.5})
    grey = torch.full((4, 3, 17, 17), 0.3)
    torch.testing.assert_close(blur(grey), grey)
    points = torch.zeros(20, 1, 17, 17)
    points[:, :, 8, 8] = 1
    spread = blur(points)
    torch.testing.assert_close(spread.sum((1, 2, 3)), torch.ones(20))
    assert bool((spread[:, 0, 8, 8] < 1).all())
    torch.testing.assert_close(spread, spread.flip(2).transpose(2, 3))


def test_a_tint_changes_colours_and_no_shapes() -> None:
    images = 0.4 + 0.1 * torch.rand(50, 3, 8, 8)
    grey = images.mean(1, keepdim=True)
    stronger = Tinted(saturation=1.0, gain=0.0, light=0.0)(images)
    torch.testing.assert_close(stronger.mean(1, keepdim=True), grey)
    ratio = ((stronger - grey) / (images - grey)).flatten(1).median(1).values
    assert 0 <= ratio.min() < 0.3
    assert 1.7 < ratio.max() <= 2
    gained = Tinted(saturation=0.0, gain=0.3, light=0.0)(images) / images
    torch.testing.assert_close(gained, gained[:, :, :1, :1].expand_as(gained))
    assert float(gained.std(1).min()) > 0
    lit = Tinted(saturation=0.0, gain=0.0, light=0.2)(images) - images
    torch.testing.assert_close(lit, lit[:, :, :1, :1].expand_as(lit))


def test_changes_are_made_in_their_order() -> None:
    double_then_add = InTurn(changes={"b": lambda x: 2 * x, "a": lambda x: x + 1})
    assert torch.equal(double_then_add(torch.ones(1)), torch.tensor([3.0]))
