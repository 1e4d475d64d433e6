"""Ctrl-C and SIGTERM: an exit code of their own, and the words that go on."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from tiny import KILLED_AT_BATCH, TINY, only_run, result_of, run_apart, run_here

from project import generate
from project.cli.sentences import explain
from project.run import main


def interrupted(signal: str, batch: int, words: list[str], folder: Path) -> Any:
    return run_apart(["-c", KILLED_AT_BATCH.format(batch=batch, signal=signal)], words, folder)


def words_of(text: str) -> list[str]:
    """Returns the words of the command that a text names."""
    (command,) = re.findall(r"python -m project\.run (.*)", text)
    return shlex.split(command)


def test_ctrl_c_names_the_command_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = interrupted("SIGINT", 6, [*TINY, "epochs=2"], tmp_path)
    folder = only_run(tmp_path / "outputs")
    assert done.returncode == 130
    assert done.stderr.splitlines()[-2] == "interrupted (SIGINT)"
    assert f"The run is in {folder.relative_to(tmp_path)}." in done.stderr.splitlines()[-1]
    assert result_of(folder)["status"] == "interrupted"
    monkeypatch.chdir(tmp_path)
    run_here(main, words_of(done.stderr), monkeypatch)
    assert only_run(tmp_path / "outputs") == folder
    assert result_of(folder)["status"] == "finished"


def test_without_a_checkpoint_everybody_says_start_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = interrupted("SIGTERM", 2, TINY, tmp_path)
    assert done.returncode == 143
    assert "interrupted (SIGTERM)" in done.stderr
    assert words_of(done.stderr) == TINY
    folder = only_run(tmp_path / "outputs")
    assert result_of(folder)["status"] == "interrupted"
    for program, word in ((generate.main, f"run={folder}"), (main, f"resume={folder}")):
        with pytest.raises(Exception, match=r"has no last\.ckpt yet") as caught:
            run_here(program, [word], monkeypatch)
        assert words_of(str(explain(caught.value, [word]))) == TINY


def test_a_sweep_ends_with_the_job_that_was_interrupted(tmp_path: Path) -> None:
    done = interrupted("SIGTERM", 6, ["-m", *TINY, "da=gen,flip"], tmp_path)
    assert done.returncode == 143
    # The job was training the GAN that it needs.
    folder = only_run(tmp_path / "outputs")
    assert words_of(done.stderr) == [f"resume={folder.relative_to(tmp_path)}"]
    assert "It is needed by the run that was asked for" in done.stderr
    assert "The sweep ended in job 1 of 2." in done.stderr
    assert done.stderr.endswith("Started again with the same words, it goes on from here.\n")
    assert not list(tmp_path.glob("multirun/**/result.json"))
    assert len(list(tmp_path.glob("outputs/*/*"))) == 1
