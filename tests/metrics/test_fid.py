from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

from project.metrics.fid import Moments, fid


def some_features(n: int, d: int, seed: int, shift: float = 0.0) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    spread = torch.linspace(0.1, 2, d)
    return (torch.randn(n, d, generator=random) * spread + shift).abs()


def exact(a: Tensor, b: Tensor) -> float:
    """The distance with the matrix root taken by eigenvectors, in double precision."""
    one, other = a.double().numpy(), b.double().numpy()
    s1, s2 = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    values, vectors = np.linalg.eigh(s1)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ s2 @ root).clip(0)).sum()
    gap = one.mean(0) - other.mean(0)
    return float(gap @ gap + np.trace(s1) + np.trace(s2) - 2 * shared)


@pytest.mark.parametrize(("n", "m"), [(300, 200), (2500, 300)])
def test_more_images_than_features_as_torch_fidelity(n: int, m: int) -> None:
    a, b = some_features(n, 64, 1), some_features(m, 64, 2, shift=0.2)
    statistics = [fid_features_to_statistics(x) for x in (a, b)]
    expected = fid_statistics_to_metric(*statistics, verbose=False)
    found = fid(Moments(a), Moments(b))
    assert found == pytest.approx(expected["frechet_inception_distance"], rel=1e-5)


@pytest.mark.parametrize(("n", "m"), [(60, 50), (60, 500), (500, 60), (256, 255)])
def test_fewer_images_than_features_is_exact(n: int, m: int) -> None:
    a, b = some_features(n, 256, 1), some_features(m, 256, 2, shift=0.2)
    assert fid(Moments(a), Moments(b)) == pytest.approx(exact(a, b), rel=1e-6)


@pytest.mark.parametrize("n", [2, 50, 256, 257, 2100])
def test_a_set_is_at_no_distance_from_itself(n: int) -> None:
    moments = Moments(some_features(n, 256, 3))
    assert fid(moments, moments) == pytest.approx(0, abs=1e-6)


def test_literal_in_one_dimension() -> None:
    # |1 - 4|^2 + (1 - 3)^2: means 1 and 4, deviations 1 and 3.
    a = torch.tensor([[0.0], [1.0], [2.0]])
    b = torch.tensor([[1.0], [4.0], [7.0]])
    assert fid(Moments(a), Moments(b)) == pytest.approx(13)


def test_turning_the_features_changes_nothing() -> None:
    a, b = some_features(100, 32, 1), some_features(90, 32, 2)
    turn = torch.linalg.qr(torch.randn(32, 32, generator=torch.Generator().manual_seed(0))).Q
    plain, turned = fid(Moments(a), Moments(b)), fid(Moments(a @ turn), Moments(b @ turn))
    assert turned == pytest.approx(plain, rel=1e-4)
    assert fid(Moments(b), Moments(a)) == pytest.approx(plain, rel=1e-9)
