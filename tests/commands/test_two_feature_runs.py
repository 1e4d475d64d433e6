"""Study B through the command line: all GANs, resume across a stage's border, what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from tiny import (
    KILLED_AT_BATCH,
    assert_same_weights,
    result_of,
    rows_of,
    run_apart,
    run_here,
    weights_of,
)

from project import evaluate
from project.cli.sentences import explain
from project.errors import UserError
from project.run import main

TINY = [
    "data=faces",
    "data.total=120",
    "data.p_bald=0.4",
    "data.p_beard=0.5",
    "size=32",
    "trainer=cpu",
    "logger=csv",
]
GAN = [
    *TINY,
    "epochs=5",
    "network.base_channels=4",
    "datamodule.batch_size=16",
    "scored_images=30",
    "score_every=2",
]
WATCHED = [
    "callbacks.losses.every_n_batches=1",
    "callbacks.checkpoint.every_n_epochs=1",
    "callbacks.grid.images=4",
    "callbacks.pictures.images=9",
]
STAGES = ["stages.plan.warm_up.until=2", "stages.plan.early.until=0.6"]
SINGLE = ["experiment=two_feature_single", "feature=Bald", *GAN, *WATCHED]
ALTERNATION = ["experiment=two_feature_alternation", *GAN, *WATCHED]
JOINT = ["experiment=two_feature_joint", *GAN, *WATCHED, *STAGES]
TUNED = ["experiment=two_feature_joint_tuned", *GAN, *WATCHED]
PHOTOGRAPHS = ["experiment=attribute_classifier_photographs", *TINY, "further=[Smiling]"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where classifiers, D_1 and D_2 are trained once for all tests."""
    return tmp_path_factory.mktemp("two_features")


def run(words: Sequence[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    run_here(main, words, monkeypatch)
    return newest(words, home)


def newest(words: Sequence[str], home: Path) -> Path:
    runs = home / "outputs" / words[0].removeprefix("experiment=")
    return max(runs.iterdir(), key=lambda path: path.stat().st_mtime_ns)


@pytest.fixture(scope="module")
def single(home: Path) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        return run(SINGLE, home, monkeypatch)


@pytest.fixture(scope="module")
def joint(single: Path, home: Path) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        return run(JOINT, home, monkeypatch)


def test_D_1_is_trained_and_D_2_is_found(single: Path, joint: Path, home: Path) -> None:  # noqa: N802
    runs = result_of(joint)["prerequisites"]
    assert set(runs) == {"attribute_a", "attribute_b", "D_1", "D_2"}
    # feature=Bald and feature=+Bald are one.
    assert home / runs["D_2"] == single
    assert "feature=-No_Beard" in result_of(home / runs["D_1"])["overrides"]
    assert result_of(single)["prerequisites"]["attribute_a"] == runs["attribute_a"]


def test_stages_are_logged_and_each_has_its_losses(joint: Path) -> None:
    rows = rows_of(joint)
    rows[0]["epoch"] = "0"  # before the first batch
    begun = {row["stage"]: row for row in rows if row["stage"]}
    assert list(begun) == ["1", "2", "3"]
    last_of = {int(row["epoch"]): int(row["batch"]) for row in rows}
    # Logged at the batch after which the stage begins.
    assert [int(begun[number]["batch"]) for number in "123"] == [0, last_of[1], last_of[2]]
    losses = {
        epoch: {
            name
            for row in rows
            if int(row["epoch"]) == epoch and int(row["batch"]) > 0
            for name, value in row.items()
            if name.startswith("L_") and value
        }
        for epoch in range(5)
    }
    warm_up = {"L_G", "L_D"}
    early = {"L_DM1", "L_DM2", "L_DM3", "L_GM1a", "L_GM2", "L_GM2_flat"}
    late = early - {"L_GM1a"} | {"L_GM1b"}
    assert list(losses.values())[:2] == [warm_up, warm_up]
    assert losses[2] == early
    assert losses[3] == losses[4] == late


def test_scores_have_intervals_references_and_pictures(joint: Path) -> None:
    result = result_of(joint)
    scores = result["scores"]["attributes"]
    names = {"p_feature_1", "p_feature_2", "p_both", "feature_distance", "coverage", "diversity"}
    assert names <= set(scores)
    assert scores["p_both_low"] <= scores["p_both"] <= scores["p_both_high"]
    assert set(result["reference"]) == {"labels", "attributes", "attributes_looking"}
    assert set(result["scores_average"]) == {"attributes", "attributes_looking"}
    assert result["same_z"] == ["D_1", "D_2", "this run"]
    for name, width in (("sorted", 3), ("walks", 8), ("same_z", 8)):
        with Image.open(joint / "grids" / f"{name}.png") as picture:
            assert picture.width >= 64 * width
    # The classifier for final scores is asked at the end alone.
    logged = {name for row in rows_of(joint) for name in row}
    assert "scores/attributes_looking/p_both" in logged
    assert not [name for name in logged if name.startswith("scores/attributes/")]


def test_the_classifiers_differ_and_are_judged_on_held_out_images(joint: Path, home: Path) -> None:
    runs = [home / result_of(joint)["prerequisites"][f"attribute_{x}"] for x in "ab"]
    shapes = [{v.shape for v in weights_of(run).values()} for run in runs]
    assert shapes[0] != shapes[1]
    for folder in runs:
        scores = result_of(folder)["scores"]["held_out_images"]
        assert scores["images"] == pytest.approx(30, abs=2)
        for k in (1, 2):
            assert scores[f"balanced_accuracy_{k}"] > 0.5
            assert 0 < scores[f"base_rate_{k}"] < 1
            assert weights_of(folder)["threshold"][k - 1] == scores[f"threshold_{k}"]


def test_killed_and_resumed_across_a_border_ends_the_same(
    joint: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In the first batch of the second stage; what it goes on from is of the first.
    batch = max(int(row["batch"]) for row in rows_of(joint)[1:] if int(row["epoch"]) < 2) + 1
    code = KILLED_AT_BATCH.format(batch=batch, signal="SIGKILL")
    killed = run_apart(["-c", code], JOINT, home)
    assert killed.returncode == -9, killed.stderr
    folder = newest(JOINT, home)
    assert folder != joint
    monkeypatch.chdir(home)
    run_here(main, [f"resume={folder}"], monkeypatch)
    assert_same_weights(joint, folder)
    assert rows_of(joint) == rows_of(folder)
    assert result_of(joint)["scores"] == result_of(folder)["scores"]


def test_alternation_is_scored_over_an_odd_and_an_even_epoch(
    single: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run([*ALTERNATION, f"compare=[{single}]"], home, monkeypatch)
    result = result_of(folder)
    assert result["scored"]["attributes"]["epochs"] == 2
    assert result["same_z"] == [single.name, "this run"]
    p = result["scores"]["attributes_looking"]["p_feature_1"]
    each = [row["scores/attributes_looking/p_feature_1"] for row in rows_of(folder)]
    last = [float(value) for value in each if value][-2:]
    assert p == pytest.approx(sum(last) / 2, rel=1e-6)


def test_images_with_both_can_be_left_out(
    single: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run([*SINGLE, "exclude_both=true"], home, monkeypatch)
    # An epoch has fewer images; the scores still compare with those that have both.
    assert int(rows_of(folder)[-1]["images"]) < int(rows_of(single)[-1]["images"])
    assert result_of(folder)["reference"] == result_of(single)["reference"]


def test_evaluate_says_what_has_its_scores_and_how_to_have_others(
    single: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    with pytest.raises(UserError, match=r"in its result.json.*project.generate run=.*n=1000"):
        run_here(evaluate.main, [f"run={single}"], monkeypatch)


BAD = [
    ([*ALTERNATION, "features=[-No_Beard,+Bold]"], "features names .*'Bold'.* mean 'Bald'"),
    ([*ALTERNATION, "features=[+Bald,-Bald]"], "names 'Bald' twice"),
    ([*ALTERNATION, "features=[+Bald]"], "must be two attributes"),
    ([*SINGLE, "feature=Bold"], "feature names the attribute 'Bold'.*mean 'Bald'"),
    ([*SINGLE, "datamodule.batch_size=100"], "have the feature .Bald, fewer than a batch of 100"),
    ([*ALTERNATION, "stages=study", "epochs=300"], "Only experiment=two_feature_joint has them"),
    ([*JOINT, "stages.plan.late.G.L_GM2=0.9"], r"stages.plan.late.G sum to 1.06\d*, but must sum"),
    ([*JOINT, "stages.plan.late.G.L_GM2=-0.1"], "late.G.L_GM2=-0.1 is no weight"),
    ([*JOINT, "stages.plan.early.until=2"], "'early' ends after epoch 2, but the stage before"),
    ([*JOINT, "stages.plan.late.until=0.8"], "Epochs 5 to 5 belong to no stage"),
    ([*JOINT, "stages.plan.warm_up.until=100"], "'warm_up' ends after epoch 100, but the .*=5"),
    ([*JOINT, "stages.smooth=cubic"], "stages.smooth=cubic is unknown"),
    ([*JOINT, "data.exclude_both=true"], "'data.exclude_both' is not a key. .*mean 'exclude_both'"),
    ([*JOINT, "~stages.plan.late"], "Epochs 4 to 5 belong to no stage"),
    # Before the classifiers of this size are trained.
    ([*SINGLE, "size=33"], "size=33 is not a GAN's"),
    ([*SINGLE, "module.R1=-1"], "module.R1=-1 is not allowed. Give 0 or more"),
    ([*PHOTOGRAPHS, "module.changes.changes.spoilt.p=1.5"], "p=1.5 is .* 0 to less than 1"),
    ([*JOINT, "D_1=nowhere"], "D_1=nowhere is not a run folder"),
    ([*TUNED, "D_experiment=two_feature_detektor"], "Did you mean 'two_feature_detector'"),
    ([*TUNED, "stages=tuned_both", "exclude_both=true"], "real=both, but exclude_both=true"),
    ([*JOINT, "D_1={single}"], r"was trained with task.trained=\['\+Bald'\], not \['-No_Beard'\]"),
    (
        [*TUNED, "D_2={single}"],
        "is a run of two_feature_single. Name a run of two_feature_detector",
    ),
    ([*JOINT, "D_2={single}", "size=64"], "was trained on other images, or in another size"),
]


@pytest.mark.parametrize(("words", "sentence"), BAD, ids=lambda value: str(value)[-40:])
def test_bad_input_is_answered_in_a_sentence(
    words: Sequence[str], sentence: str, single: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    before = list(home.glob("outputs/*/*"))
    given = [word.format(single=single) if "{single}" in word else word for word in words]
    with pytest.raises(Exception) as caught:  # noqa: PT011 - what it says is checked below
        run_here(main, given, monkeypatch)
    told = explain(caught.value, given)
    assert told is not None
    assert re.search(sentence, told), told
    assert "\n" not in told
    assert list(home.glob("outputs/*/*")) == before
