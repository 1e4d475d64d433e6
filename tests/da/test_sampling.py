from __future__ import annotations

import math

import torch

from project.da.sampling import sampled


def image() -> torch.Tensor:
    return torch.rand(2, 3, 6, 6, dtype=torch.float64)


def test_each_point_at_itself_is_the_image() -> None:
    given = image()
    torch.testing.assert_close(sampled(given, x=(1, 0, 0), y=(0, 1, 0)), given)


def test_a_mirror_and_a_quarter_turn() -> None:
    given = image()
    torch.testing.assert_close(sampled(given, x=(-1, 0, 0), y=(0, 1, 0)), given.flip(3))
    turned = sampled(given, x=(math.cos(math.pi / 2), -1, 0), y=(1, 0, 0))
    torch.testing.assert_close(turned, torch.rot90(given, 1, dims=(2, 3)))


def test_each_image_by_its_own_numbers() -> None:
    given = image()
    found = sampled(given, x=(torch.tensor([1.0, -1.0]), 0, 0), y=(0, 1, 0))
    torch.testing.assert_close(found, torch.stack([given[0], given[1].flip(2)]))


def test_a_quarter_of_an_image_fills_it() -> None:
    given = torch.zeros(1, 1, 4, 4)
    given[:, :, 2:, :2] = 255  # below, left
    found = sampled(given, x=(0.5, 0, -0.5), y=(0, 0.5, 0.5))
    # Beside the border to the other quarters it is between black and white.
    assert found[0, 0, 1:, :3].unique().tolist() == [255]


def test_no_images() -> None:
    assert sampled(torch.zeros(0, 3, 4, 4), x=(1, 0, 0), y=(0, 1, 0)).shape == (0, 3, 4, 4)
