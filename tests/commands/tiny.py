"""The real command line at its smallest: in this process, and in one that is killed."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_program import environment

REPOSITORY = Path(__file__).parents[2]

# 4 batches of 16 in an epoch, a checkpoint after each.
TINY = [
    "experiment=da_faces",
    "n=64",
    "epochs=4",
    "network.base_channels=4",
    "datamodule.batch_size=16",
    "scored_images=10",
    "logger=csv",
    "trainer=cpu",
    "callbacks.losses.every_n_batches=1",
    "score_every=2",
    "callbacks.grid.every_n_epochs=0",
    "callbacks.grid.images=4",
    "callbacks.checkpoint.every_n_epochs=1",
]

KILLED_AT_BATCH = """
import os, signal
from project.callbacks.loss_log import LossLog
from project.cli.sentences import answer
from project.run import main
logged = LossLog.on_train_batch_end
def killed(self, trainer, module, *rest):
    logged(self, trainer, module, *rest)
    if module.batches == {batch}:
        os.kill(os.getpid(), signal.{signal})
LossLog.on_train_batch_end = killed
answer(main, 'config')
"""


def run_here(
    main: Callable[[], None], words: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs a program's main in this process."""
    monkeypatch.setattr(sys, "argv", ["project", *words])
    main()


def run_apart(code: Sequence[str], words: Sequence[str], folder: Path) -> Any:
    """Runs Python in a process of its own, from ``folder``."""
    return subprocess.run(
        [sys.executable, *code, *words],
        cwd=folder,
        env=environment(REPOSITORY, Path(__file__).parent),
        capture_output=True,
        text=True,
        check=False,
    )


def only_run(parent: Path) -> Path:
    """Returns the one run folder below ``parent``."""
    (result,) = parent.glob("*/*/result.json")
    return result.parent


def result_of(folder: Path) -> dict[str, Any]:
    """Reads ``result.json``."""
    found: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return found


def rows_of(folder: Path) -> list[dict[str, str]]:
    """Reads ``metrics.csv``, less the speed, which no two runs share."""
    with (folder / "metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if k != "images_per_second"} for row in rows]


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    """Reads the weights of the last checkpoint."""
    saved = torch.load(folder / "last.ckpt", weights_only=True)
    weights: dict[str, torch.Tensor] = saved["state_dict"]
    return weights


def assert_same_weights(one: Path, other: Path) -> None:
    """Checks that two runs ended bit for bit alike."""
    first, second = weights_of(one), weights_of(other)
    assert first.keys() == second.keys()
    for name, value in first.items():
        assert torch.equal(value, second[name]), name
