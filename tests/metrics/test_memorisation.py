from __future__ import annotations

import pytest
import torch
from torch import Tensor

from project.metrics.memorisation import Memorisation, verdict


def some_features(n: int, seed: int) -> Tensor:
    return torch.randn(n, 8, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def memory() -> Memorisation:
    return Memorisation(some_features(200, 0), some_features(300, 1))


def test_copies_are_at_no_distance(memory: Memorisation) -> None:
    scores = memory.scores(memory.training[:50])
    assert scores["nearest_train_distance_ratio"] == pytest.approx(0, abs=1e-6)
    assert scores["near_copy_share"] == 1
    assert verdict(scores).startswith("copies of training images")


def test_new_images_are_as_far_as_those_never_drawn(memory: Memorisation) -> None:
    scores = memory.scores(some_features(300, 2))
    assert scores["nearest_train_distance_ratio"] == pytest.approx(1, abs=0.1)
    assert scores["near_copy_share"] < 0.05
    assert verdict(scores).startswith("no sign of copies")


def test_a_tenth_of_copies_is_seen_where_the_median_does_not_move(memory: Memorisation) -> None:
    mixed = torch.cat([some_features(180, 2), memory.training[:20]])
    scores = memory.scores(mixed)
    assert scores["nearest_train_distance_ratio"] > 0.85
    assert scores["near_copy_share"] >= 0.1
    assert verdict(scores).startswith("copies of training images")


def test_without_held_out_images_the_training_images_are_left_out_one_by_one() -> None:
    training = some_features(300, 0)
    scores = Memorisation(training, None).scores(some_features(300, 2))
    assert scores["nearest_train_distance_ratio"] == pytest.approx(1, abs=0.1)


def test_the_share_of_few_images_may_be_chance() -> None:
    memory = Memorisation(torch.zeros(100, 1), torch.arange(2.0, 102.0)[:, None])
    # 3 of 100 lie before the first of the other 100: three times heads, nearly.
    images = torch.cat([torch.ones(3), torch.full((97,), 60.0)])[:, None]
    scores = memory.scores(images)
    assert scores["near_copy_share"] == 0.03
    chance = 100 / 200 * 99 / 199 * 98 / 198
    assert scores["near_copy_chance"] == pytest.approx(chance)
    assert verdict({**scores, "near_copy_share": 0.07}).startswith("no sign of copies")


def test_new_images_are_seldom_called_copies() -> None:
    called = 0
    for seed in range(100):
        memory = Memorisation(some_features(100, 3 * seed), some_features(100, 3 * seed + 1))
        called += verdict(memory.scores(some_features(100, 3 * seed + 2))).startswith("copies")
    assert called <= 1


def test_pairs_nearest_first(memory: Memorisation) -> None:
    images = torch.cat(
        [some_features(5, 3), memory.training[[7]] + 1e-3, memory.training[[4]] + 2e-3]
    )
    assert memory.nearest_pairs(images, 3)[:2] == [(5, 7), (6, 4)]
    assert len(memory.nearest_pairs(images, 3)) == 3


def test_training_images_that_are_all_alike() -> None:
    alike = torch.ones(20, 8)
    memory = Memorisation(alike, None)
    assert memory.copies == 20
    assert memory.scores(alike) == {}
    assert "all one picture" in verdict({})


def test_few_images_never_drawn_are_no_measure() -> None:
    training = some_features(300, 0)
    few = Memorisation(training, some_features(20, 1))
    assert torch.equal(few.usual, Memorisation(training, None).usual)


def test_the_same_picture_again_and_again_among_the_real_ones() -> None:
    again = some_features(1, 5).repeat(30, 1)
    training = torch.cat([some_features(270, 0), again])
    memory = Memorisation(training, torch.cat([some_features(120, 1), again]))
    assert memory.copies == 30
    assert len(memory.usual) == 120
    assert memory.scores(some_features(300, 2))["near_copy_share"] < 0.05
    assert memory.scores(training)["near_copy_share"] == 1
