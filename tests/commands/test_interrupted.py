"""Ctrl-C and SIGTERM: an exit code of their own, and the words that go on."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny import (
    KILLED_AT_BATCH,
    TINY,
    assert_same_weights,
    only_run,
    result_of,
    rows_of,
    run_apart,
    run_here,
)

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


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    assert run_apart(["-m", "project.run"], TINY, folder).returncode == 0
    return only_run(folder / "outputs")


# In an epoch's first, middle and last batch, and while it is scored: nothing is lost.
AT_BATCH = [KILLED_AT_BATCH.format(batch=batch, signal="SIGTERM") for batch in (1, 6, 8, 16)]
IN_SCORING = KILLED_AT_BATCH.replace("LossLog.on_train_batch_end = killed", "").replace(
    "answer(main, 'config')",
    """\
from project.callbacks.score_generator import ScoreGenerator
scored = ScoreGenerator._score
def killed(self, trainer):
    if self.module.batches == {batch}:
        os.kill(os.getpid(), signal.{signal})
    return scored(self, trainer)
ScoreGenerator._score = killed
answer(main, 'config')
""",
)


# After the last epoch: Lightning has counted it, and charts are drawn.
IN_CHARTS = KILLED_AT_BATCH.replace("LossLog.on_train_batch_end = killed", "").replace(
    "answer(main, 'config')",
    """\
from project.callbacks.chart_curves import ChartCurves
def killed(self, trainer, module):
    os.kill(os.getpid(), signal.{signal})
ChartCurves.on_train_end = killed
answer(main, 'config')
""",
)


@pytest.mark.parametrize(
    ("code", "batches"),
    [
        *zip(AT_BATCH, (1, 6, 8, 16), strict=True),
        (IN_SCORING.format(batch=8, signal="SIGTERM"), 8),
        (IN_SCORING.format(batch=16, signal="SIGINT"), 16),
        (IN_CHARTS.format(batch=16, signal="SIGTERM"), 16),
    ],
)
def test_sigterm_loses_no_batch_and_the_resumed_run_is_the_undisturbed_one(
    code: str, batches: int, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run_apart(["-c", code], TINY, tmp_path)
    assert done.returncode in (130, 143)
    folder = only_run(tmp_path / "outputs")
    saved = torch.load(folder / "last.ckpt", weights_only=True)
    assert saved["counts"]["batches"] == batches
    monkeypatch.chdir(tmp_path)
    run_here(main, words_of(done.stderr), monkeypatch)
    assert_same_weights(whole, folder)
    assert rows_of(whole) == rows_of(folder)
    ours, theirs = result_of(whole), result_of(folder)
    assert ours["scores"] == theirs["scores"]
    assert theirs["status"] == "finished"
    assert theirs["images_per_second"] > 0, "resumed after the last batch, too"


# At the third checkpoint: half of it is written, and then ...
IN_WRITE = """
import errno, os, signal
from pathlib import Path
from project.cli.sentences import answer
from project.run import main
write, seen = Path.write_bytes, []
def broken(self, data):
    seen.append(self)
    if len(seen) == 3:
        write(self, data[: len(data) // 2])
        {event}
    return write(self, data)
Path.write_bytes = broken
answer(main, 'config')
"""
KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
FULL = "raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))"


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """Where there is one, a file system that the system's temporary folder is not on."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


@pytest.mark.parametrize("event", [KILLED, FULL], ids=["killed", "disk_full"])
def test_a_checkpoint_is_there_whole_or_not_at_all(
    event: str, whole: Path, other_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run_apart(["-c", IN_WRITE.format(event=event)], TINY, other_disk)
    folder = only_run(other_disk / "outputs")
    assert torch.load(folder / "last.ckpt", weights_only=True)["counts"]["batches"] == 8
    if event == FULL:
        assert done.returncode == 2
        assert re.search(
            r"error: \S*last\.ckpt\S* could not be written: the disk is full", done.stderr
        )
        # Two were written: after the first and the second epoch.
        assert "What was saved before is whole: 2 epochs. Make room. Continue it:" in done.stderr
        assert "Traceback" not in done.stderr
        assert result_of(folder)["status"] == "interrupted"
        assert not list(folder.glob(".*.part"))
    else:
        assert done.returncode == -9
    monkeypatch.chdir(other_disk)
    run_here(main, [f"resume={folder}"], monkeypatch)
    assert_same_weights(whole, folder)
    assert rows_of(whole) == rows_of(folder)
    assert not list(folder.glob(".*.part"))


def test_without_a_checkpoint_everybody_says_start_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = interrupted("SIGKILL", 2, TINY, tmp_path)
    assert done.returncode == -9
    folder = only_run(tmp_path / "outputs")
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
