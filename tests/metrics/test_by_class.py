from __future__ import annotations

import pytest
import torch

from project.metrics.by_class import ByClass
from project.metrics.measures import Measures

MEASURES = Measures(splits=[1], neighbours=1, kid_images=100, seed=0, more={})
LABELS = {"a": 0, "b": 1, "c": 0, "d": 1, "e": 0, "f": 1, "g": 2}


def test_each_class_is_held_against_its_own_images() -> None:
    by_class = ByClass(
        names=["cat", "dog", "ape"], labels=LABELS, images=list("abcdefg"), measures=MEASURES
    )
    real = torch.randn(7, 4, generator=torch.Generator().manual_seed(0))
    # Generated cats are the real ones, and dogs are those moved by 3 in one direction.
    cats, dogs = real[[0, 2, 4]], real[[1, 3, 5]] + torch.tensor([3.0, 0, 0, 0])
    features, numbers = torch.cat([dogs, cats]), torch.tensor([1, 1, 1, 0, 0, 0])
    found = by_class.scores(features, numbers, real)
    # Of one ape nothing can be said.
    assert list(found) == ["cat", "dog"]
    assert found["cat"]["fid"] == pytest.approx(0.0, abs=1e-3)
    assert found["dog"]["fid"] == pytest.approx(9.0, rel=1e-3)
    assert found["dog"]["images"] == 3
