from __future__ import annotations

import torch
from torch import Tensor

from project.modules.jitter import shift, shift_each


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


def test_each_image_moves_by_itself_and_only_so_far() -> None:
    torch.manual_seed(0)
    images = torch.zeros(400, 1, 7, 9)
    images[:, :, 3, 4] = torch.arange(1.0, 401.0)[:, None]
    moved = shift_each(images, 2)
    assert moved.shape == images.shape
    at = moved.flatten(1).argmax(1)
    assert torch.equal(moved.flatten(1).amax(1), torch.arange(1.0, 401.0))
    places = {(int(i) // 9, int(i) % 9) for i in at}
    assert places == {(row, column) for row in range(1, 6) for column in range(2, 7)}


def test_what_moves_out_is_gone_and_black_follows() -> None:
    torch.manual_seed(0)
    moved = shift_each(torch.ones(50, 1, 4, 4), 1)
    sums = set(moved.sum(dim=(1, 2, 3)).tolist())
    assert sums == {16.0, 12.0, 9.0}


def test_no_pixels_draw_nothing() -> None:
    before = torch.get_rng_state()
    images = torch.rand(2, 1, 3, 3, generator=torch.Generator().manual_seed(1))
    assert shift_each(images, 0) is images
    assert torch.equal(torch.get_rng_state(), before)
