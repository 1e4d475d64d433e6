"""Every experiment runs: two steps, in bf16 mixed precision on the CPU, on built-in data."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from project.cli.compose import load_config, options
from project.run import main
from project.runs import run_folder

# Built-in data in the place of what has to be fetched.
BUILT_IN = {
    "mnist": "digits",
    "celeba": "faces",
    "folder": "faces",
    "pets": "faces",
    "faces": "faces",
}


@pytest.mark.parametrize("experiment", [name for name, _ in options("experiment")])
def test_every_experiment_runs_two_steps_in_bf16(
    experiment: str, shared_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared_folder)
    config = load_config("config", [f"experiment={experiment}"])
    data = str(config.data._target_).split(".")[2]
    words = [f"experiment={experiment}", f"data={BUILT_IN[data]}", "trainer=smoke", "logger=csv"]
    words += ["trainer.precision=bf16-mixed"]
    if "backbone" in config:
        words += ["backbone=efficientnet_lite0", "network.base_channels=4", "size=32", "n=16"]
        words += ["scored_images=10"]
    if "features" in config:
        words += ["size=32", "data.total=120", "datamodule.batch_size=16"]
        if "two_feature" in experiment:
            words += ["network.base_channels=4"]
        if "photographs" in experiment:
            words += ["further=[Smiling]"]
    if "n_per_digit" in config:
        words += ["n_per_digit=2"]
    monkeypatch.setattr(sys, "argv", ["project", *words])
    main()
    folder = max((shared_folder / "outputs" / experiment).iterdir())  # named by its time
    assert run_folder.require(folder)["status"] == "finished"
    assert (folder / run_folder.CHECKPOINT).is_file()
