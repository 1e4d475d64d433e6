from __future__ import annotations

from pathlib import Path

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


def test_the_docs_have_every_score() -> None:
    told = (Path(__file__).parents[2] / "docs/results/scores.md").read_text(encoding="utf-8")
    for name, score in SCORES.items():
        sentences = " ".join(filter(None, (score.about, score.direction)))
        assert f"| `{name}` | {score.title} | {sentences} |" in told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fid", "Lower is better."),
        ("coverage", "Higher is better."),
        ("inception_score", "Lower is better as the study reads it, higher as the field does."),
        ("sharpness", ""),
    ],
)
def test_which_way_is_better_is_told(name: str, told: str) -> None:
    assert known(name).direction == told


def test_no_two_scores_are_told_alike() -> None:
    assert len({score.about for score in SCORES.values()}) == len(SCORES)
