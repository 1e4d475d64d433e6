from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from two_attributes import BEARDED_AND_BALD, faces

from project.data.feature_labels import FeatureLabels
from project.errors import UserError


def labelled(**changed: Any) -> FeatureLabels:
    settings = {"further": [], "tuning": 0.25, "held_out": 0.25, "seed": 0} | changed
    return FeatureLabels(features=BEARDED_AND_BALD, **settings)


def test_each_combination_is_divided_by_itself() -> None:
    images = faces([(1, 0)] * 4 + [(1, 1)] * 8 + [(0, 0)] * 12 + [(0, 1)] * 16)
    parts = labelled().parts(images)
    assert sorted(np.concatenate(list(parts.values()))) == list(range(40))
    for name, share in (("tuning", 0.25), ("held_out", 0.25), ("learning", 0.5)):
        bald, shaven = images.labels[parts[name]].T
        assert len(parts[name]) == 40 * share
        assert int((bald & (1 - shaven)).sum()) == 4 * share
        assert int((bald & shaven).sum()) == 8 * share
    again, other = labelled().parts(images), labelled(seed=1).parts(images)
    assert again["held_out"].tolist() == parts["held_out"].tolist()
    assert other["held_out"].tolist() != parts["held_out"].tolist()


def test_what_is_learned_is_the_two_and_then_the_further() -> None:
    images = faces([(1, 0), (0, 1), (1, 1)])
    bald, shaven = images.label_names
    found = labelled(further=[shaven, bald, f"-{bald}"]).targets(images)
    assert found.tolist() == [[1, 1, 0, 1, 0], [0, 0, 1, 0, 1], [0, 1, 1, 1, 0]]
    with pytest.raises(UserError, match=r"further names the attribute 'Goatee'.*further=\[\]"):
        labelled(further=[bald, "Goatee"]).check(images)


def test_a_part_without_a_feature_is_refused() -> None:
    with pytest.raises(UserError, match=r"0 of the \d+ images of the part 'tuning' have"):
        labelled().check(faces([(1, 0), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1)]))
    with pytest.raises(UserError, match="shares above 0 that sum to less than 1"):
        labelled(tuning=0.8)
