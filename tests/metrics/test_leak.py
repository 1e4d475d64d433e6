from __future__ import annotations

import pytest
import torch
from torch import Tensor

from project.metrics.leak import LeakDetector


def some_features(n: int, seed: int, dim: int = 30) -> Tensor:
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed))


def moved(features: Tensor) -> Tensor:
    """Treated so that it shows: one direction is shifted."""
    return features + 6 * torch.eye(features.shape[1])[0]


def test_sees_what_shows_and_no_more() -> None:
    clean = some_features(300, 0)
    turned = clean[:, torch.randperm(30, generator=torch.Generator().manual_seed(1))]
    detector = LeakDetector(clean, {"moved": moved(clean), "turned": turned})
    assert detector.accuracies["moved"] > 0.98
    assert detector.accuracies["turned"] == pytest.approx(0.5, abs=0.15)
    new = some_features(200, 2)
    assert detector.scores(new)["leak_moved"] < 0.03
    mixed = torch.cat([new[:150], moved(new[150:])])
    assert detector.scores(mixed)["leak_moved"] == pytest.approx(0.25, abs=0.03)


def test_more_features_than_images() -> None:
    clean = some_features(40, 0, dim=200)
    detector = LeakDetector(clean, {"moved": moved(clean)})
    assert detector.accuracies["moved"] > 0.9


def test_the_same_twice_and_no_random_number() -> None:
    clean = some_features(100, 0)
    before = torch.get_rng_state()
    first = LeakDetector(clean, {"moved": moved(clean)})
    again = LeakDetector(clean, {"moved": moved(clean)})
    assert torch.equal(torch.get_rng_state(), before)
    assert first.scores(some_features(50, 3)) == again.scores(some_features(50, 3))


def test_no_kind_no_score() -> None:
    assert LeakDetector(some_features(20, 0), {}).scores(some_features(5, 1)) == {}
