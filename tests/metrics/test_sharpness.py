from __future__ import annotations

import pytest
import torch
from torch.nn.functional import avg_pool2d

from project.metrics.sharpness import sharpness


def test_a_white_point_by_hand() -> None:
    image = torch.zeros(1, 3, 3, 4, dtype=torch.uint8)
    image[:, :, 1, 1] = 255
    # The Laplacian is -4 at the point, 1 at its four neighbours and 0 elsewhere: 20 / 12.
    assert sharpness(image).tolist() == pytest.approx([(20 / 12) ** 0.5])
    green = image * torch.tensor([0, 1, 0], dtype=torch.uint8).view(1, 3, 1, 1)
    assert sharpness(green).tolist() == pytest.approx([(20 / 12) ** 0.5 * 0.587])


def test_one_colour_has_no_outline_and_blurring_takes_it_away() -> None:
    flat = torch.full((2, 3, 8, 8), 77, dtype=torch.uint8)
    assert sharpness(flat).tolist() == pytest.approx([0, 0], abs=1e-6)
    noise = torch.randint(0, 256, (4, 3, 16, 16), generator=torch.Generator().manual_seed(0))
    blurred = avg_pool2d(noise.float(), 3, stride=1, padding=1)
    assert bool((sharpness(blurred.byte()) < sharpness(noise.byte())).all())


def test_each_image_is_measured_alone() -> None:
    images = torch.randint(0, 256, (3, 3, 8, 8), generator=torch.Generator().manual_seed(0))
    together = sharpness(images.byte())
    assert together.shape == (3,)
    assert together[1:2].tolist() == pytest.approx(sharpness(images[1:2].byte()).tolist())
