from __future__ import annotations

import math
import random

import numpy as np
import pytest
import torch
from torch_fidelity.metric_isc import isc_features_to_metric

from project.errors import UserError
from project.metrics.inception_score import inception_scores

K = 10


def some_logits(n: int) -> torch.Tensor:
    return torch.randn(n, 7, generator=torch.Generator().manual_seed(n)) * 2


def test_sure_and_uniform_is_the_number_of_classes() -> None:
    logits = torch.eye(K).repeat(4, 1) * 1000
    assert inception_scores(logits, splits=[1], seed=0) == pytest.approx({"inception_score": K})


def test_a_class_that_never_occurs_counts_as_nothing_and_not_as_nan() -> None:
    logits = torch.eye(K)[:6].repeat(4, 1) * 5000
    assert inception_scores(logits, splits=[1], seed=0) == pytest.approx({"inception_score": 6})


def test_equal_probabilities_score_one() -> None:
    logits = some_logits(1).repeat(30, 1)
    scores = inception_scores(logits, splits=[1, 10], seed=0)
    assert scores == pytest.approx(
        {"inception_score": 1, "inception_score_10": 1, "inception_score_10_std": 0}, abs=1e-12
    )


def test_literal_by_hand() -> None:
    # p = (3/4, 1/4) and (1/4, 3/4): p(y) = (1/2, 1/2), KL = 3/4 ln(3/2) + 1/4 ln(1/2) for both,
    # and exp of that is (27/16)^(1/4).
    p = torch.tensor([[0.75, 0.25], [0.25, 0.75]])
    score = inception_scores(p.log(), splits=[1], seed=0)["inception_score"]
    assert score == pytest.approx((27 / 16) ** 0.25, rel=1e-6)


@pytest.mark.parametrize("n", [1000, 1003, 25, 11, 10])
@pytest.mark.parametrize("splits", [1, 10])
def test_equals_torch_fidelity_in_the_same_order(n: int, splits: int) -> None:
    logits = some_logits(n)
    expected = isc_features_to_metric(logits, splits=splits, shuffle=True, rng_seed=3)
    scores = inception_scores(logits, splits=[splits], seed=3)
    name = "inception_score" if splits == 1 else "inception_score_10"
    assert scores[name] == pytest.approx(expected["inception_score_mean"], rel=1e-12)
    if splits == 10:
        std = expected["inception_score_std"]
        assert scores["inception_score_10_std"] == pytest.approx(std, rel=1e-9, abs=1e-12)


def test_names_and_no_nan() -> None:
    scores = inception_scores(some_logits(20), splits=[1, 10], seed=0)
    assert list(scores) == ["inception_score", "inception_score_10", "inception_score_10_std"]
    assert all(math.isfinite(value) for value in scores.values())


def test_the_order_matters_only_to_the_parts() -> None:
    logits = some_logits(50)
    first = inception_scores(logits, splits=[1, 10], seed=0)
    again = inception_scores(logits, splits=[1, 10], seed=0)
    other = inception_scores(logits, splits=[1, 10], seed=1)
    assert first == again
    assert first["inception_score"] == pytest.approx(other["inception_score"], rel=1e-12)
    assert first["inception_score_10"] != other["inception_score_10"]


def test_global_random_state_is_untouched() -> None:
    before = (torch.get_rng_state(), np.random.get_state(), random.getstate())
    inception_scores(some_logits(50), splits=[1, 10], seed=0)
    assert torch.equal(torch.get_rng_state(), before[0])
    after = np.random.get_state()
    assert np.array_equal(after[1], before[1][1])
    assert after[2:] == before[1][2:]
    assert random.getstate() == before[2]


@pytest.mark.parametrize(("n", "splits"), [(9, 10), (0, 1), (5, 0)])
def test_too_few_images_for_the_splits(n: int, splits: int) -> None:
    with pytest.raises(UserError, match=f"{n} images .* {splits} splits"):
        inception_scores(torch.zeros(n, 4), splits=[splits], seed=0)


def test_logits_that_are_not_finite() -> None:
    with pytest.raises(UserError, match="not finite"):
        inception_scores(torch.tensor([[0.0, math.nan]]), splits=[1], seed=0)
