from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_fidelity.metric_kid import kid_features_to_metric

from project.metrics.kid import kernel_sums, kid, own_kernel_sums


def some_features(n: int, seed: int, d: int = 24, shift: float = 0.0) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=random).abs() + shift


def score(a: Tensor, b: Tensor) -> tuple[float, float]:
    return kid(own_kernel_sums(a), own_kernel_sums(b), kernel_sums(a, b))


@pytest.mark.parametrize("d", [24, 300])
def test_all_images_as_torch_fidelity(d: int) -> None:
    a, b = some_features(200, 1, d), some_features(200, 2, d, shift=0.1)
    whole = {"kid_subsets": 1, "kid_subset_size": 200, "rng_seed": 3, "verbose": False}
    expected = kid_features_to_metric(a.double(), b.double(), **whole)
    value, _ = score(a, b)
    assert value == pytest.approx(expected["kernel_inception_distance_mean"], rel=1e-9)


def test_the_same_subsets_as_torch_fidelity() -> None:
    a, b = some_features(120, 1), some_features(90, 2, shift=0.1)
    expected = kid_features_to_metric(
        a, b, kid_subsets=6, kid_subset_size=40, rng_seed=2020, verbose=False
    )
    rng = np.random.RandomState(2020)
    values = []
    for _ in range(6):
        one, other = (torch.from_numpy(rng.choice(len(x), 40, replace=False)) for x in (a, b))
        values.append(score(a[one], b[other])[0])
    assert np.mean(values) == pytest.approx(expected["kernel_inception_distance_mean"], rel=1e-3)


def test_by_definition() -> None:
    a, b = some_features(5, 1, d=3), some_features(4, 2, d=3)

    def k(x: Tensor, y: Tensor) -> float:
        return float((x.double() @ y.double() / 3 + 1) ** 3)

    own = np.mean([k(x, y) for i, x in enumerate(a) for j, y in enumerate(a) if i != j])
    others = np.mean([k(x, y) for i, x in enumerate(b) for j, y in enumerate(b) if i != j])
    both = np.mean([k(x, y) for x in a for y in b])
    assert score(a, b)[0] == pytest.approx(own + others - 2 * both, rel=1e-9)


def test_the_standard_error_is_the_jackknife_by_definition() -> None:
    a, b = some_features(6, 1), some_features(5, 2, shift=0.3)
    without_a = [score(torch.cat([a[:i], a[i + 1 :]]), b)[0] for i in range(6)]
    without_b = [score(a, torch.cat([b[:i], b[i + 1 :]]))[0] for i in range(5)]
    variance = np.var(without_a) * 5 + np.var(without_b) * 4
    assert score(a, b)[1] == pytest.approx(np.sqrt(variance), rel=1e-6)


def test_the_standard_error_is_the_spread_over_samples() -> None:
    drawn = [score(some_features(60, i), some_features(60, 1000 + i, shift=0.3)) for i in range(80)]
    values, errors = np.array(drawn).T
    assert errors.mean() == pytest.approx(values.std(), rel=0.3)


def test_tiles_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = some_features(50, 1), some_features(40, 2)
    whole = score(a, b)
    monkeypatch.setattr("project.metrics.tiles.SIDE", 7)
    assert score(a, b) == pytest.approx(whole, rel=1e-9)
