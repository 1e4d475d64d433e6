from __future__ import annotations

import pytest

from project.metrics.score_names import SCORES, known

# What runs of the four studies, and `evaluate`, write.
WRITTEN = [
    "inception_score",
    "inception_score_10",
    "inception_score_10_std",
    "fid",
    "kid",
    "kid_error",
    "fid_held_out",
    "kid_held_out",
    "kid_held_out_error",
    "precision",
    "recall",
    "density",
    "coverage",
    "sharpness",
    "nearest_train_distance_ratio",
    "near_copy_share",
    "near_copy_chance",
    "leak_flip",
    "class_concentration",
    "wanted_class_probability",
    "judge_accuracy",
    "judge_confidence",
    "digit_distance",
    "digit_diversity",
    "p_feature_1",
    "p_feature_2",
    "p_both",
    "feature_distance",
    "diversity",
]


@pytest.mark.parametrize("name", WRITTEN)
def test_every_score_is_told_in_a_sentence(name: str) -> None:
    score = known(name)
    assert score.title
    assert score.about.endswith(".")
    assert score.better in ("higher", "lower", "both readings", "")


def test_no_two_scores_are_told_alike() -> None:
    assert len({score.about for score in SCORES.values()}) == len(SCORES)
