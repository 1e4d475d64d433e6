"""`--config-dir`: options of one's own beside those of the project, or one sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from own_options import write_options

from project.cli import config_dir
from project.cli.compose import load_config, options
from project.cli.help import print_help
from project.cli.sentences import explain
from project.errors import UserError
from project.runs import resume
from project.runs.run_folder import check_targets
from project.sweeps.command_line import read


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leaves no folder to the tests that follow."""
    monkeypatch.setenv(config_dir.ENVIRONMENT, "")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = write_options(tmp_path)
    config_dir.take([f"--config-dir={folder}"])
    return folder


@pytest.mark.parametrize("switch", [["--config-dir", "mine"], ["--config-dir=mine"]])
def test_it_is_taken_off_the_line_and_kept_as_a_whole_path(
    switch: list[str], tmp_path: Path
) -> None:
    write_options(tmp_path)
    assert config_dir.take(["-m", *switch, "seed=1"]) == ["-m", "seed=1"]
    assert config_dir.words() == [f"--config-dir={tmp_path / 'mine'}"]
    assert os.environ[config_dir.ENVIRONMENT] == str(tmp_path / "mine")
    assert config_dir.take(["seed=1"]) == ["seed=1"]
    assert config_dir.words() == []


@pytest.mark.parametrize(
    ("files", "line", "sentence"),
    [
        ({}, ["--config-dir"], "--config-dir needs a folder"),
        ({}, ["--config-dir="], "--config-dir needs a folder"),
        ({}, ["--config-dir", "-m", "seed=1"], "--config-dir needs a folder"),
        ({}, ["--config-dir=nowhere"], "=nowhere is not there: .*nowhere is not a folder"),
        ({"dat/x": "a: 1"}, ["--config-dir=mine"], "mine holds no option of any group.* da, data"),
        ({"da/flip": "a: 1"}, ["--config-dir=mine"], "da/flip.yaml has the name of an option"),
        ({"da/x": "", "config": "a: 1"}, ["--config-dir=mine"], "mine/config.yaml has the name"),
        ({"da/x": "a: [1"}, ["--config-dir=mine"], "da/x.yaml cannot be read: .*line 1"),
        ({"da/x": "a: 1\na: 2"}, ["--config-dir=mine"], "da/x.yaml cannot be read: .*duplicate"),
        ({"da/x": "- a"}, ["--config-dir=mine"], "da/x.yaml is a list"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_added_is_told_in_a_sentence(
    files: dict[str, str], line: list[str], sentence: str
) -> None:
    for name, text in files.items():
        file = Path("mine") / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    with pytest.raises(UserError, match=sentence) as caught:
        config_dir.take(line)
    assert "\n" not in str(caught.value)
    assert config_dir.words() == []


def test_its_options_are_listed_beside_the_others(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dict(options("da"))["dim"] == "darker"
    assert [name for name, _ in options("da")] == sorted(name for name, _ in options("da"))
    print_help([])
    told = capsys.readouterr().out
    assert "diffaugment dim flip" in told
    assert "A, darker" in told


@pytest.mark.parametrize("words", [["experiment=mne"], ["experiment=mine", "da=dimm"]])
def test_a_misspelt_one_is_answered_with_it(mine: Path, words: list[str]) -> None:
    with pytest.raises(Exception, match="Could not find") as caught:
        load_config("config", words)
    meant = "Did you mean 'mine'?" if len(words) == 1 else "Did you mean 'dim'?"
    assert str(explain(caught.value, words)).endswith(meant)


def test_they_compose_alone_and_in_sweeps(mine: Path) -> None:
    config = load_config("config", ["experiment=mine"])
    assert (config.da.kinds.dim.factor, config.size, config.choices.da) == (0.5, 32, "dim")
    sweep = read(["-m", "experiment=mine", "da=glob(*i*)"])
    named = [f"da={name}" for name, _ in options("da") if "i" in name]
    assert "da=dim" in named
    assert [job.words[-1] for job in sweep.jobs] == named


def test_a_class_that_is_not_there_is_told_in_a_sentence(mine: Path) -> None:
    from hydra.utils import instantiate

    with pytest.raises(Exception, match="Error locating") as caught:
        instantiate(load_config("config", ["experiment=mine", "da.kinds.dim._target_=no.Dim"]).da)
    assert explain(caught.value, []) == (
        "da.kinds.dim._target_=no.Dim cannot be imported: No module named 'no'. Classes are looked "
        "for in the current folder and in the installed packages."
    )


def test_run_folders_may_name_what_it_names_and_nothing_else(mine: Path) -> None:
    file = Path("config.yaml")
    check_targets({"da": [{"_target_": "my_kinds.Dim"}]}, file)
    for other in ("my_kinds.Other", "os.system", "my_kinds"):
        with pytest.raises(UserError, match=f"asks to run '{other}'"):
            check_targets({"_target_": other}, file)
    config_dir.take([])
    with pytest.raises(UserError, match="add the --config-dir=<folder> whose options name it"):
        check_targets({"_target_": "my_kinds.Dim"}, file)


@pytest.mark.parametrize("named", [[], ["--config-dir=other"]])
def test_a_resumed_run_has_its_folder_again_unless_another_is_named(
    mine: Path, named: list[str]
) -> None:
    run, other = Path("run"), Path("other/da/x.yaml")
    run.mkdir()
    other.parent.mkdir(parents=True)
    other.write_text("# x\n")
    (run / "last.ckpt").touch()
    result = {"status": "running", "overrides": [*config_dir.words(), "experiment=mine"]}
    (run / "result.json").write_text(json.dumps(result))
    line = config_dir.take([*named, "resume=run"])
    assert resume.words(line) == ["experiment=mine", "resume=run"]
    assert config_dir.folders()[1:] == [other.parents[1].resolve() if named else mine]
