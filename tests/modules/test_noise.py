from __future__ import annotations

import pytest
import torch
from torch import Tensor

from project.errors import UserError
from project.modules.noise import KINDS, NoiseKinds, coarse_noise

each = pytest.mark.parametrize("kind", sorted(KINDS))


def rng(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def digits(count: int = 12) -> Tensor:
    """Stand-ins: bright strokes on black, all different."""
    images = torch.rand(count, 1, 28, 28, generator=rng(7))
    return images * (images > 0.7)


def draw(kind: str, seed: int = 1) -> Tensor:
    return NoiseKinds(kinds=[kind]).draw(digits(), rng(seed))


@each
def test_as_many_as_digits_in_range(kind: str) -> None:
    images = draw(kind)
    assert images.shape == (12, 1, 28, 28)
    assert images.min() >= 0
    assert images.max() <= 1
    assert images.std() > 0.01


@each
def test_the_generator_alone_decides(kind: str) -> None:
    assert torch.equal(draw(kind), draw(kind))
    assert not torch.equal(draw(kind), draw(kind, seed=2))


@each
def test_the_digits_stay(kind: str) -> None:
    given = digits()
    NoiseKinds(kinds=[kind]).draw(given, rng())
    assert torch.equal(given, digits())


@each
def test_no_digit_comes_back_as_it_was(kind: str) -> None:
    same = (draw(kind) == digits()).flatten(1).all(1)
    # Mixing may meet an image with itself.
    assert same.sum() <= (3 if kind == "mixed" else 0)


@each
def test_none_for_no_digits(kind: str) -> None:
    empty = digits()[:0]
    assert NoiseKinds(kinds=[kind]).draw(empty, rng()).shape == empty.shape


@pytest.mark.parametrize("kind", ["shuffled_pixels", "shuffled_tiles"])
def test_shuffling_keeps_the_pixels(kind: str) -> None:
    before, after = digits().flatten(1), draw(kind).flatten(1)
    assert torch.equal(before.sort(1).values, after.sort(1).values)


def tiles(image: Tensor, side: int) -> list[list[float]]:
    cut = image.unfold(0, side, side).unfold(1, side, side)
    return sorted(cut.reshape(-1, side * side).tolist())


def test_tiles_of_both_sizes_stay_whole() -> None:
    sides = set()
    for seed in range(8):
        after = KINDS["shuffled_tiles"](digits(), rng(seed))
        whole = [s for s in (14, 7) if tiles(after[0, 0], s) == tiles(digits()[0, 0], s)]
        assert whole, f"seed {seed}: tiles were torn"
        sides.add(whole[0])
    assert sides == {7, 14}


def test_mixing_is_the_brighter_or_the_mean_of_two() -> None:
    given, seen = digits(), set()
    for seed in range(8):
        after = KINDS["mixed"](given, rng(seed))
        for name, pairs in {
            "over": torch.maximum(given[:, None], given[None]),
            "mean": (given[:, None] + given[None]) / 2,
        }.items():
            matches = (pairs == after[:, None]).flatten(2).all(2)
            # An image may meet itself; most meet another.
            if matches.any(1).all() and matches.diagonal().sum() < 6:
                seen.add(name)
    assert seen == {"over", "mean"}


def test_several_kinds_are_all_drawn() -> None:
    dark = torch.zeros(200, 1, 28, 28)
    images = NoiseKinds(kinds=["shuffled_pixels", "coarse"]).draw(dark, rng())
    # Shuffled black stays black.
    black = int((images.flatten(1).sum(1) == 0).sum())
    assert 60 < black < 140


def test_coarse_noise_is_smooth_on_coarse_grids_and_uniform_on_the_finest() -> None:
    images = coarse_noise(300, 28, rng())
    assert images.shape == (300, 1, 28, 28)
    assert images.min() >= 0
    assert images.max() <= 1
    steps = (images[..., 1:] - images[..., :-1]).abs().mean((1, 2, 3))
    # Neighbours of uniform noise are a third apart on average; those of a 3 x 3 grid hardly.
    assert steps.max() == pytest.approx(1 / 3, abs=0.04)
    assert steps.min() < 0.06


def test_coarse_noise_of_a_small_image_and_of_none() -> None:
    assert coarse_noise(5, 3, rng()).shape == (5, 1, 3, 3)
    assert coarse_noise(0, 28, rng()).shape == (0, 1, 28, 28)


def test_an_unknown_kind_is_told_the_nearest() -> None:
    with pytest.raises(
        UserError, match=r"module\.noise\.kinds names 'blob'\. Did you mean 'blobs'\?"
    ):
        NoiseKinds(kinds=["coarse", "blob"])


def test_no_kind_is_refused() -> None:
    with pytest.raises(UserError, match=r"module\.noise\.kinds is empty"):
        NoiseKinds(kinds=[])
