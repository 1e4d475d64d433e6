from __future__ import annotations

import numpy as np
import pytest
import torch
from prdc import compute_prdc
from torch import Tensor
from torch_fidelity.metric_prc import prc_features_to_metric

from project.metrics.prdc import prdc
from project.metrics.tiles import nearest, nearest_others

NAMES = ["precision", "recall", "density", "coverage"]


def some_features(n: int, seed: int, spread: float = 1.0) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    return torch.randn(n, 12, generator=random) * spread


def score(generated: Tensor, real: Tensor, k: int = 5) -> dict[str, float]:
    return prdc(generated, real, nearest_others(real, k), neighbours=k)


@pytest.mark.parametrize(("n", "m", "k"), [(200, 150, 5), (90, 200, 3), (30, 30, 1)])
@pytest.mark.parametrize("side", [2048, 37])
def test_equals_the_package(
    n: int, m: int, k: int, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("project.metrics.tiles.SIDE", side)
    generated, real = some_features(n, 1, spread=0.8), some_features(m, 2)
    expected = compute_prdc(real.double().numpy(), generated.double().numpy(), k)
    found = score(generated, real, k)
    assert list(found) == NAMES
    assert found == pytest.approx(expected, rel=1e-12)
    assert 0.1 < found["precision"] < 1


def test_precision_and_recall_as_torch_fidelity() -> None:
    generated, real = some_features(200, 1, spread=0.7), some_features(150, 2)
    settings = {"prc_neighborhood": 3, "prc_batch_size": 64, "save_cpu_ram": False}
    expected = prc_features_to_metric(generated, real, verbose=False, **settings)
    found = score(generated, real, k=3)
    for name in ("precision", "recall"):
        assert found[name] == pytest.approx(expected[name], abs=1e-6)


def test_literal_on_a_line() -> None:
    # Real 0, 1, 2 reach 1 to their nearest; 0.5 lies in two of the balls, 9 in none.
    real, generated = torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([[0.5], [9.0]])
    found = score(generated, real, k=1)
    # Generated balls reach 8.5: all of the real images are inside.
    assert found == pytest.approx(
        {"precision": 0.5, "recall": 1.0, "density": 1.0, "coverage": 2 / 3}
    )


def test_a_set_and_itself() -> None:
    real = some_features(60, 1)
    found = score(real.clone(), real)
    assert (found["precision"], found["recall"], found["coverage"]) == (1, 1, 1)


def test_one_image_again_and_again_covers_little() -> None:
    real = some_features(60, 1)
    found = score(real[:1].repeat(30, 1), real)
    assert found["precision"] == 1
    assert found["recall"] == 0
    assert found["coverage"] < 0.3


@pytest.mark.parametrize("side", [2048, 13])
def test_nearest_as_by_all_distances(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("project.metrics.tiles.SIDE", side)
    a, b = some_features(40, 1), some_features(50, 2)
    every = torch.cdist(a.double(), b.double())
    found, which = nearest(a, b)
    assert torch.equal(which, every.argmin(1))
    np.testing.assert_allclose(found, every.min(1).values, rtol=1e-9)
    own = torch.cdist(a.double(), a.double()).sort(1).values
    np.testing.assert_allclose(nearest_others(a, 3), own[:, 3], rtol=1e-9)
