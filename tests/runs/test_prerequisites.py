"""A run that the user names in place of one that would be trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from project.errors import UserError
from project.runs.prerequisites import Prerequisite, check_named

# What would be trained, and what may be named instead.
WANTED = {
    "choices": {"experiment": "two_feature_single"},
    "task": {"trained": ["-No_Beard"], "exclude_both": True},
}
ENTRY = {
    "options": ["experiment=two_feature_single"],
    "accepts": ["two_feature_single", "two_feature_detector"],
    "fits": ["task.trained", "task.exclude_both"],
}


def named(folder: Path, **changed: Any) -> Prerequisite:
    """Writes a finished run that fits, but for what is changed, and names it."""
    task = changed.pop("task", {})
    result: dict[str, Any] = {
        "status": "finished",
        "experiment": "two_feature_single",
        "config_hash": "0123abcd",
        "overrides": [],
        "data": {"fingerprint": "f", "source": "CelebA"},
    }
    folder.mkdir()
    (folder / "result.json").write_text(json.dumps(result | changed))
    OmegaConf.save({"task": WANTED["task"] | task}, folder / "config.yaml")
    return given(folder)


def given(folder: Path) -> Prerequisite:
    return Prerequisite(name="D_1", overrides=(), config=OmegaConf.create(WANTED), folder=folder)


@pytest.mark.parametrize("experiment", ["two_feature_single", "two_feature_detector"])
def test_a_run_that_fits_stands_with_its_hash(tmp_path: Path, experiment: str) -> None:
    needed = named(tmp_path / "run", experiment=experiment)
    assert check_named(needed, OmegaConf.create(ENTRY), "f") == "0123abcd"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"experiment": "da_faces"},
            "is a run of da_faces. Name a run of two_feature_single or two_feature_detector that",
        ),
        (
            {"data": {"fingerprint": "g", "source": "Fashion"}},
            r"was trained on other images, or in another size \(Fashion\)",
        ),
        ({"data": {}}, r"other images, or in another size \(unknown\)"),
        (
            {"task": {"trained": ["+Bald"]}},
            r"was trained with task.trained=\['\+Bald'\], not \['-No_Beard'\]. Name a run of",
        ),
        ({"task": {"exclude_both": False}}, "with task.exclude_both=False, not True"),
        ({"status": "interrupted"}, "did not finish. It has no last.ckpt yet.* to train one"),
        ({"status": "failed"}, "did not finish"),
    ],
    ids=str,
)
def test_one_that_does_not_fit_is_told_in_a_sentence(
    tmp_path: Path, changed: dict[str, Any], sentence: str
) -> None:
    needed = named(tmp_path / "run", **changed)
    with pytest.raises(UserError, match=rf"^D_1={tmp_path / 'run'} .*{sentence}"):
        check_named(needed, OmegaConf.create(ENTRY), "f")


def test_without_a_list_it_must_be_of_the_experiment_that_would_be_trained(tmp_path: Path) -> None:
    entry = OmegaConf.create({"options": ENTRY["options"]})
    fits = named(tmp_path / "fits", task={"exclude_both": False})
    assert check_named(fits, entry, "f") == "0123abcd"
    other = named(tmp_path / "other", experiment="two_feature_detector")
    with pytest.raises(UserError, match="Name a run of two_feature_single that fits"):
        check_named(other, entry, "f")


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"D_1=.* is not a run folder"):
        check_named(given(tmp_path), OmegaConf.create(ENTRY), "f")
