from __future__ import annotations

import pytest

from project.metrics.audit import collapsed, copied, leaked

GREY = {"p_both": 1.0, "coverage": 0.02, "diversity": 0.01}


def test_one_image_over_and_over_is_no_success() -> None:
    found = collapsed(GREY)
    assert "nearly all the same (coverage 0.02, below 0.05, diversity 0.01, below 0.2)" in found
    assert "): p_both says nothing" in found
    assert not collapsed({"p_both": 0.9, "coverage": 0.8, "diversity": 1.1})
    # Varied, poor faces have a coverage of 0, too: it alone does not say that they are all alike.
    poor = collapsed({"precision": 0.0, "coverage": 0.0})
    assert "have one near them (coverage 0.00, below 0.05): precision says nothing" in poor
    assert "the same" not in poor
    # An early GAN covers little, but varies: what says nothing of variety flags nothing.
    assert not collapsed({"fid": 200.0})


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({}, None),
        ({"nearest_train_distance_ratio": 1.0}, False),
        ({"nearest_train_distance_ratio": 0.7}, True),
        (
            {
                "nearest_train_distance_ratio": 1.0,
                "near_copy_share": 0.06,
                "near_copy_chance": 1e-4,
            },
            True,
        ),
        (
            {"nearest_train_distance_ratio": 1.0, "near_copy_share": 0.06, "near_copy_chance": 0.2},
            False,
        ),
    ],
)
def test_copies(scores: dict[str, float], expected: bool | None) -> None:
    assert copied(scores) is expected


def test_a_classifier_that_cannot_tell_says_nothing() -> None:
    assert leaked(0.2, 0.9)
    assert not leaked(0.2, 0.775)
    assert not leaked(0.05, 0.99)
