from __future__ import annotations

import pytest
import torch

from project.metrics.leak import LeakDetector
from project.metrics.score_images import Passed


def some_images(n: int, seed: int, dim: int = 30) -> Passed:
    random = torch.Generator().manual_seed(seed)
    features = torch.randn(n, dim, generator=random)
    return Passed(
        features, torch.zeros(n, 2), torch.randn(n, 6, generator=random), torch.ones(n, 1)
    )


def moved(images: Passed) -> Passed:
    """Treated so that it shows: one direction is shifted."""
    return images._replace(features=images.features + 6 * torch.eye(images.features.shape[1])[0])


def joined(*sets: Passed) -> Passed:
    return Passed(*(torch.cat(parts) for parts in zip(*sets, strict=True)))


def part(images: Passed, chosen: slice) -> Passed:
    return Passed(*(values[chosen] for values in images))


def test_sees_what_shows_and_no_more() -> None:
    clean = some_images(300, 0)
    order = torch.randperm(30, generator=torch.Generator().manual_seed(1))
    turned = clean._replace(features=clean.features[:, order])
    detector = LeakDetector(clean, {"moved": moved(clean), "turned": turned})
    assert detector.accuracies["moved"] > 0.98
    assert detector.accuracies["turned"] == pytest.approx(0.5, abs=0.15)
    new = some_images(200, 2)
    assert detector.scores(new)["leak_moved"] < 0.03
    mixed = joined(part(new, slice(150)), moved(part(new, slice(150, 200))))
    assert detector.scores(mixed)["leak_moved"] == pytest.approx(0.25, abs=0.03)


def test_more_features_than_images() -> None:
    clean = some_images(40, 0, dim=200)
    detector = LeakDetector(clean, {"moved": moved(clean)})
    assert detector.accuracies["moved"] > 0.9


def test_the_same_twice_and_no_random_number() -> None:
    clean = some_images(100, 0)
    before = torch.get_rng_state()
    first = LeakDetector(clean, {"moved": moved(clean)})
    again = LeakDetector(clean, {"moved": moved(clean)})
    assert torch.equal(torch.get_rng_state(), before)
    assert first.scores(some_images(50, 3)) == again.scores(some_images(50, 3))


def test_no_kind_no_score() -> None:
    assert LeakDetector(some_images(20, 0), {}).scores(some_images(5, 1)) == {}


def test_what_the_network_does_not_see_the_thumbnail_shows() -> None:
    clean = some_images(300, 0)
    dark = clean._replace(thumbnails=clean.thumbnails - 5)
    assert LeakDetector(clean, {"dark": dark}).accuracies["dark"] > 0.98
