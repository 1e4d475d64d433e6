from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from project.errors import UserError
from project.metrics.fid import Moments, fid
from project.metrics.inception_score import inception_scores
from project.metrics.measures import Measures
from project.metrics.prdc import prdc
from project.metrics.score_images import Passed
from project.metrics.score_names import known
from project.metrics.tiles import nearest_others

NAMES = [
    *("inception_score", "inception_score_10", "inception_score_10_std"),
    *("fid", "kid", "kid_error", "precision", "recall", "density", "coverage"),
    "sharpness",
]


def some(n: int, seed: int) -> Passed:
    g = torch.Generator().manual_seed(seed)
    return Passed(*(torch.randn(n, d, generator=g) for d in (16, 5, 192, 1)))


def measures(kid_images: int = 10000) -> Measures:
    return Measures(splits=[1, 10], neighbours=5, kid_images=kid_images, seed=0, more={})


def test_all_measures_by_their_names() -> None:
    generated, real = some(40, 1), some(50, 2)
    found = measures().score(generated, measures().real(real.features))
    assert list(found) == NAMES
    assert found["fid"] == fid(Moments(generated.features), Moments(real.features))
    radii = nearest_others(real.features, 5)
    wanted = prdc(generated.features, real.features, radii, neighbours=5)
    wanted |= inception_scores(generated.logits, splits=[1, 10], seed=0)
    assert {name: found[name] for name in wanted} == wanted


def test_no_global_random_state_is_touched() -> None:
    before = (torch.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate())
    measures(kid_images=20).score(some(40, 1), measures(kid_images=20).real(some(50, 2).features))
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.random.get_state()[1].tolist() == before[1]
    assert random.getstate() == before[2]


def test_kid_over_some_of_many_images() -> None:
    generated, real = some(300, 1), some(300, 2)
    few = measures(kid_images=100)
    one, again = (few.score(generated, few.real(real.features))["kid"] for _ in range(2))
    every = measures().score(generated, measures().real(real.features))
    assert one == again
    assert abs(one - every["kid"]) < 4 * every["kid_error"] * 3**0.5


def test_too_few_images_are_told_with_the_number_needed() -> None:
    measures().check(10, "ten")
    with pytest.raises(UserError, match=r"nine are fewer than the 10 .*neighbours=5"):
        measures().check(9, "nine")
    assert Measures(splits=[1], neighbours=20, kid_images=9, seed=0, more={}).least == 21


@pytest.mark.parametrize(
    "bad", [{"neighbours": 0}, {"kid_images": 2}, {"splits": [0]}, {"splits": [1, -3]}]
)
def test_settings_that_are_not_possible(bad: dict[str, object]) -> None:
    values: dict[str, object] = {"splits": [1], "neighbours": 5, "kid_images": 9}
    values |= {"seed": 0, "more": {}}
    with pytest.raises(UserError, match="are not allowed together"):
        Measures(**{**values, **bad})  # type: ignore[arg-type]


class Spread:
    name, better, about = "spread", "lower", "how far it is from real images' mean"

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def __call__(self, features: Tensor, real: Tensor) -> float:
        return self.factor * float((features.mean() - real.mean()).abs())


def test_a_score_that_was_added_stands_beside_the_others() -> None:
    values: dict[str, Any] = {"splits": [1], "neighbours": 5, "kid_images": 9, "seed": 0}
    found = Measures(**values, more={"any": Spread(2.0)})
    generated, real = some(40, 1), some(50, 2)
    scores = found.score(generated, found.real(real.features))
    difference = float(generated.features.mean()) - float(real.features.mean())
    assert scores.pop("spread") == pytest.approx(2 * abs(difference))
    assert scores == Measures(**values, more={}).score(generated, found.real(real.features))
    assert found.settings == values
    assert found.names == {"spread": {"better": "lower", "about": Spread.about}}
    assert (known("spread").better, known("spread").about) == (
        "lower",
        "How far it is from real images' mean.",
    )
    broken = Measures(**values, more={"any": Spread(math.nan)})
    with pytest.raises(UserError, match="The score spread is nan for 40 images"):
        broken.score(generated, broken.real(real.features))


def test_features_that_are_no_numbers() -> None:
    broken = some(40, 1)
    broken.features[3, 3] = torch.nan
    with pytest.raises(UserError, match="not finite"):
        measures().score(broken, measures().real(some(50, 2).features))
