"""The answer in plain words, and the warnings beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_studies import KEY, made_runs, made_study
from run_folders import BACKBONE

from project.metrics.score_names import known
from project.report.comparisons import arrange
from project.report.findings import early, warn
from project.report.score_names import rounded
from project.report.verdict import tell, telling_keys

NONE = [2.0, 2.1, 2.2]
WHOSE = ("scores", "scores_average")


def answer(**scores: list[float]) -> list[str]:
    return tell(made_study("CelebA", {"none": NONE, **scores}), KEY)


def test_both_readings_of_a_clear_difference() -> None:
    first, *rest = answer(flip=[1.0, 1.11, 1.2], vflip=[3.0, 3.11, 3.2])
    assert "flip lowers the Inception Score: better as the study reads it, worse as" in first
    assert "vflip raises it: worse as the study reads it, better as the field does." in first
    assert "-0.997 against no augmentation (95 % interval -1.01 to -0.982" in rest[0]
    assert len(rest) == 2


def test_a_difference_that_may_be_chance() -> None:
    first, second = answer(flip=[2.1, 1.9, 2.3])
    assert first == "No augmentation makes a difference that can be told from chance."
    assert "1 condition cannot be told from no augmentation with 3 seeds" in second
    assert "no proof" in second


def test_what_cannot_be_tested_is_told() -> None:
    *_, last = answer(flip=[2.1, 1.9, 2.3], gen=[1.0], vflip=[1.5])
    assert last == "2 more conditions are not tested: of one seed, or of no scatter."


def test_one_seed_says_so() -> None:
    study = made_study("CelebA", {"none": [2.0], "flip": [1.0]})
    assert "1 seed tells nothing about chance" in tell(study, KEY)[0]
    assert "range(3)" in tell(study, KEY)[1]


def test_scores_with_one_reading() -> None:
    key = ("scores", BACKBONE, "coverage")
    runs = made_runs("CelebA", {"none": NONE, "flip": [1.0, 1.11, 1.2]})
    (study,) = arrange([replace(run, scores={key: run.scores[KEY]}) for run in runs])
    assert telling_keys(study) == [key]
    assert tell(study, key)[0] == "flip does harm."


def test_the_studys_own_score_is_told_beside_the_leading_one() -> None:
    runs = made_runs("CelebA", {"none": NONE})
    fid = ("scores", BACKBONE, "fid")
    (study,) = arrange([replace(run, scores={**run.scores, fid: 1.0}) for run in runs])
    assert telling_keys(study) == [fid, KEY]


def test_without_a_baseline_there_is_no_answer() -> None:
    study = made_study("CelebA", {"flip": [1.0, 2.0]})
    assert "no answer yet" in tell(study, KEY)[0]
    assert any("da=none" in warning for warning in warn(study))


def test_warnings() -> None:
    near, leak = ("scores", BACKBONE, "nearest_train_distance_ratio"), ("scores", "b", "leak_flip")
    runs = made_runs("CelebA", {"none": [1.01, 1.02, 1.0], "flip": [2.0, 2.0]})
    runs = [replace(run, scores={**run.scores, near: 0.4, leak: 0.3}) for run in runs]
    runs[0] = replace(runs[0], result={**runs[0].result, "versions": {"torch": "1"}})
    found = "\n".join(warn(arrange(runs)[0]))
    for said in (
        "flip lacks seed 2 (not run).",
        "Generated images look like copies of training images (distance ratio 0.40, ",
        "is 1) in all 5 runs. Look at",
        "Generated images look augmented by flip (none 30%; flip 30%, by b)",
        "is 1.01 (none), of at least 1",
        "differ in their package versions",
    ):
        assert said in found
    (unequal,) = warn(made_study("CelebA", {"none": [2.0] * 3, "flip": [3.0] * 3}))
    assert unequal.startswith("Equal epochs are unequal training: 1 of 2 conditions saw up to 2 ")
    assert not warn(made_study("CelebA", {"none": [2.0] * 3}))


def test_who_shares_no_seed_with_none_is_told() -> None:
    runs = made_runs("CelebA", {"none": [2.0] * 4, "flip": [3.0] * 4, "gen": [4.0] * 4})
    # none has seeds 0 to 2, flip 3, gen 2 and 3.
    kept = [runs[at] for at in (0, 1, 2, 7, 10, 11)]
    told = warn(arrange(kept)[0])
    assert "Compared with nothing, for want of a seed in common with none: flip." in told


def test_what_many_runs_have_in_common_is_told_once() -> None:
    runs = made_runs("CelebA", {"none": [2.0] * 2, "flip": [2.0] * 2, "gen": [2.0]})
    coverage = {0: 0.01, 1: 0.03, 2: 0.04}  # by the run's number
    scored = [
        {
            **run.scores,
            **{(kind, BACKBONE, "coverage"): coverage.get(at, 0.3) for kind in WHOSE},
            **{(kind, BACKBONE, "precision"): 0.5 for kind in WHOSE},
        }
        for at, run in enumerate(runs)
    ]
    (study,) = arrange(
        [replace(run, scores=scores) for run, scores in zip(runs, scored, strict=True)]
    )
    assert [told for told in warn(study) if "collapsed" in told.lower()] == [
        "Collapsed, or unlike real images? Few real ones have one near them (coverage 0.01 to "
        "0.04, below 0.05): precision says nothing of them. So in none (2 of 2 runs); flip (1 of 2 "
        "runs)."
    ]


@pytest.mark.parametrize(("coverage", "said"), [([0.01, 0.02], True), ([0.01, 0.3], False)])
def test_what_hardly_learned_anything_is_not_believed(coverage: list[float], said: bool) -> None:
    place = ("scores", BACKBONE, "coverage")
    runs = made_runs("CelebA", {"none": [2.0], "flip": [2.0]})
    runs = [
        replace(run, scores={**run.scores, place: share})
        for run, share in zip(runs, coverage, strict=True)
    ]
    beginnings = [one.partition(",")[0] for one in early(arrange(runs)[0])]
    assert beginnings == (["No answer yet: in all 2 runs the images are collapsed"] * said)


def test_a_lucky_checkpoint_is_no_number_of_the_page() -> None:
    runs = made_runs("CelebA", {"none": [2.0] * 3})
    best = {"file": "best_fid.ckpt", "score": "fid", "scorings": 7}
    runs[0] = replace(runs[0], result={**runs[0].result, "best": best})
    assert warn(arrange(runs)[0]) == [
        "1 run kept a checkpoint of the best scoring by fid, the luckiest of 7. No number on this "
        "page is of one: all are of the last."
    ]


@pytest.mark.parametrize(
    ("share", "accuracy", "said"), [(0.3, 0.95, True), (0.3, 0.775, False), (0.05, 0.95, False)]
)
def test_a_leak_is_told_as_evaluate_tells_it(share: float, accuracy: float, said: bool) -> None:
    leak = ("scores", BACKBONE, "leak_flip")
    result = {
        "scored": {BACKBONE: {"leak_accuracy": {"flip": accuracy}}},
        "references": {BACKBONE: {"training": {"leak_flip": 0.02}}},
    }
    runs = [
        replace(run, scores={**run.scores, leak: share}, result={**run.result, **result})
        for run in made_runs("CelebA", {"none": [2.0] * 3})
    ]
    found = [warning for warning in warn(arrange(runs)[0]) if "look augmented" in warning]
    assert bool(found) is said
    assert all("none 30%, of real ones 2%" in warning for warning in found)
    assert all("none never saw it" in warning for warning in found)


def test_an_unknown_score_is_shown_as_it_is() -> None:
    assert (known("some_thing").title, known("some_thing").better) == ("some thing", "")
    assert (known("leak_flip").title, known("leak_flip").better) == (
        "looks augmented: flip",
        "lower",
    )


@pytest.mark.parametrize(
    ("number", "digits", "sign", "written"),
    [
        (190.4, 2, "", "190"),
        (12.34, 3, "+", "+12.3"),
        (-0.0123, 2, "+", "-0.012"),
        (0.0, 2, "", "0"),
    ],
)
def test_numbers_are_rounded_without_exponents(
    number: float, digits: int, sign: str, written: str
) -> None:
    assert rounded(number, digits, sign) == written
