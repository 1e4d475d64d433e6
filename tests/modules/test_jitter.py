from __future__ import annotations

import torch
from torch import Tensor

from project.modules.jitter import shift


def rng(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def point(row: int, column: int) -> Tensor:
    image = torch.zeros(1, 1, 7, 9)
    image[..., row, column] = 1
    return image


def test_every_move_within_reach_is_made_and_no_other() -> None:
    drawn = rng()
    places = [shift(point(3, 4), 1, drawn).nonzero()[:, 2:] for _ in range(200)]
    moves = {tuple((place[0] - torch.tensor([3, 4])).tolist()) for place in places}
    assert moves == {(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)}


def test_black_follows() -> None:
    drawn = rng()
    moved = [shift(torch.ones(1, 1, 7, 9), 2, drawn) for _ in range(100)]
    assert all(image.shape == (1, 1, 7, 9) for image in moved)
    # 0, 1 or 2 rows and columns went black; what left on one side did not come in on the other.
    sums = {int(image.sum()) for image in moved}
    assert sums == {rows * columns for rows in (5, 6, 7) for columns in (7, 8, 9)}


def test_all_images_move_together() -> None:
    images = torch.rand(5, 1, 7, 9, generator=rng())
    together = shift(images, 2, rng(3))
    alone = torch.cat([shift(images[i : i + 1], 2, rng(3)) for i in range(5)])
    assert torch.equal(together, alone)


def test_zero_pixels_draw_nothing() -> None:
    drawn, images = rng(), torch.rand(2, 1, 7, 9)
    before = drawn.get_state()
    assert torch.equal(shift(images, 0, drawn), images)
    assert torch.equal(drawn.get_state(), before)


def test_the_images_given_stay_and_gradients_reach_them() -> None:
    images = torch.rand(2, 1, 7, 9)
    given = images.clone()
    images.requires_grad_(True)
    (gradient,) = torch.autograd.grad(shift(images, 1, rng()).sum(), images)
    assert torch.equal(images.detach(), given)
    assert (gradient[..., 1:-1, 1:-1] == 1).all()
