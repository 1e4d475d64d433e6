from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from two_attributes import BEARDED_AND_BALD, FACES, faces

from project.data.feature_selection import DetectorSelection, FeatureSelection
from project.errors import UserError


def plan(**changed: bool) -> SimpleNamespace:
    return SimpleNamespace(**{"need_discriminators": False, "take_both": False} | changed)


def given(**changed: Any) -> dict[str, Any]:
    return {
        "features": BEARDED_AND_BALD,
        "trained": BEARDED_AND_BALD,
        "exclude_both": False,
        "batch_size": 2,
        "stages": plan(),
        "discriminators": [],
    } | changed


def rows(**changed: Any) -> list[list[int]]:
    return [some.tolist() for some in FeatureSelection(**given(**changed)).rows(faces(FACES))]


def test_signs_say_who_has_a_feature() -> None:
    assert rows() == [[0, 2, 4, 6], [0, 1, 4, 5]]
    assert rows(features=["No_Beard", "+Bald"], trained=["No_Beard"]) == [[1, 3, 5]]


def test_without_the_images_that_have_both() -> None:
    assert rows(exclude_both=True) == [[2, 6], [1, 5]]
    # STEP 2 leaves them out as well.
    assert rows(exclude_both=True, trained=["+Bald"]) == [[1, 5]]


def test_a_detector_sees_images_without_its_feature_too() -> None:
    def both_kinds(**changed: Any) -> list[list[int]]:
        settings = {"exclude_both": False, "batch_size": 2} | changed
        selection = DetectorSelection(features=BEARDED_AND_BALD, feature="+Bald", **settings)
        return [some.tolist() for some in selection.rows(faces(FACES))]

    assert both_kinds() == [[0, 1, 4, 5], [2, 3, 6]]
    assert both_kinds(exclude_both=True) == [[1, 5], [2, 3, 6]]
    with pytest.raises(UserError, match=r"3 of the 7 images lack the feature \+Bald, fewer than a"):
        both_kinds(batch_size=4)
    with pytest.raises(UserError, match=r"batch_size=1 is odd, but half a batch has .*such as 2"):
        both_kinds(batch_size=1)


BAD = [
    ({"features": ["-No_Beard", "+Bold"]}, "features names the attribute 'Bold'.*mean 'Bald'"),
    ({"trained": ["+Bold"]}, "feature names the attribute 'Bold'.*Did you mean 'Bald'"),
    ({"features": ["+Bald", "-Bald"]}, r"\[\+Bald,-Bald\] names 'Bald' twice"),
    ({"features": ["+Bald"]}, "must be two attributes with their signs"),
    ({"features": "Bald"}, "must be two attributes with their signs"),
    ({"batch_size": 3}, "batch_size=3 is odd.*such as 4"),
    ({"batch_size": 6}, r"4 of the 7 images have the feature -No_Beard, fewer than a batch of 6"),
    ({"batch_size": 4, "exclude_both": True}, "2 of the 7 images have the feature .* alone, fewer"),
    ({"stages": plan(need_discriminators=True)}, "look at D_1 and D_2. Only experiment=two_fe"),
    ({"stages": plan(take_both=True), "exclude_both": True}, "real=both, but exclude_both=true"),
    ({"stages": plan(take_both=True), "trained": ["+Bald"]}, "real=both, but .* on one feature"),
    (
        {"stages": plan(take_both=True), "batch_size": 4},
        "2 of the 7 images have both features, few",
    ),
]


@pytest.mark.parametrize(("changed", "sentence"), BAD, ids=str)
def test_what_does_not_fit_is_told_in_a_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        FeatureSelection(**given(**changed)).check(faces(FACES))
