from __future__ import annotations

import numpy as np
import pytest
from two_attributes import BEARDED_AND_BALD, FACES, faces

from project.data.features import Feature, both, read_two, two_held
from project.errors import UserError


@pytest.mark.parametrize("written", ["Bald", "+Bald", " +Bald"])
def test_no_sign_means_plus(written: str) -> None:
    assert Feature.read(written) == Feature("Bald", 1)
    assert str(Feature.read(written)) == "+Bald"


def test_minus_means_to_lack_the_attribute() -> None:
    images = faces(FACES)
    shaven = images.labels[:, 1] == 1
    assert Feature.read("No_Beard").held_by(images, "feature").tolist() == shaven.tolist()
    assert Feature.read("-No_Beard").held_by(images, "feature").tolist() == (~shaven).tolist()


def test_who_has_which_of_two() -> None:
    held = two_held(BEARDED_AND_BALD, faces(FACES))
    assert held.sum(0).tolist() == [4, 4]
    assert np.flatnonzero(held.all(1)).tolist() == [0, 4]
    assert both([np.flatnonzero(column) for column in held.T]).tolist() == [0, 4]


def test_an_unknown_attribute_is_told_with_the_key_it_stands_in() -> None:
    sentence = "feature names the attribute 'Bold', which these images do not have. Did you mean"
    with pytest.raises(UserError, match=sentence):
        Feature.read("+Bold").held_by(faces(FACES), "feature")


def test_the_two_are_two() -> None:
    assert read_two(BEARDED_AND_BALD) == (Feature("No_Beard", 0), Feature("Bald", 1))
    with pytest.raises(UserError, match=r"\[\+Bald,-Bald\] names 'Bald' twice"):
        read_two(["Bald", "-Bald"])
    with pytest.raises(UserError, match="must be two attributes with their signs"):
        read_two("Bald")
