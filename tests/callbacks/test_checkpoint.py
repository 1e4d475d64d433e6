from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any, cast

import lightning
import numpy as np
import pytest
import torch
from tiny_run import BATCHES_PER_EPOCH, IMAGES, make_gan, train

from project.callbacks.checkpoint import LastCheckpoint
from project.callbacks.exact_resume import ExactResume
from project.loggers.csv_log import CSVLog


class Trainer:
    def __init__(self, *loggers: Any) -> None:
        self.loggers = list(loggers)


class Module:
    batches = 20
    device = torch.device("cpu")


ON_A_CPU = cast(Any, Module())


def exact_resume() -> ExactResume:
    return ExactResume(module=Module())


def draw() -> list[Any]:
    """Draws from every random state, also the second of a pair of normal numbers."""
    return [
        random.random(),
        random.gauss(0, 1),
        np.random.rand(),
        np.random.randn(),
        torch.rand(3).tolist(),
        torch.randn(1).item(),
    ]


def saved(tmp_path: Path) -> dict[str, Any]:
    """Saves the present random states in a checkpoint and loads it as safely as the program."""
    checkpoint: dict[str, Any] = {}
    exact_resume().on_save_checkpoint(cast(Any, Trainer()), ON_A_CPU, checkpoint)
    torch.save(checkpoint, tmp_path / "states.ckpt")
    loaded = torch.load(tmp_path / "states.ckpt", weights_only=True)
    assert isinstance(loaded, dict)
    return loaded


def test_random_states_come_back(tmp_path: Path) -> None:
    draw()  # One of each pair of normal numbers is now kept for the next draw.
    checkpoint = saved(tmp_path)
    expected = [draw(), draw()]
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    assert draw() != expected[0]
    resume = exact_resume()
    resume.on_load_checkpoint(cast(Any, Trainer()), ON_A_CPU, checkpoint)
    draw()  # What building the run draws in between does not matter.
    resume.on_train_start(cast(Any, Trainer()), ON_A_CPU)
    assert [draw(), draw()] == expected


def test_states_are_taken_up_once(tmp_path: Path) -> None:
    resume = exact_resume()
    resume.on_load_checkpoint(cast(Any, Trainer()), ON_A_CPU, saved(tmp_path))
    resume.on_train_start(cast(Any, Trainer()), ON_A_CPU)
    first = draw()
    resume.on_train_start(cast(Any, Trainer()), ON_A_CPU)
    assert draw() != first


def test_saving_draws_nothing(tmp_path: Path) -> None:
    before = saved(tmp_path)["random_states"]
    after = saved(tmp_path)["random_states"]
    assert before["python"] == after["python"]
    assert torch.equal(before["numpy"][1], after["numpy"][1])
    assert before["numpy"][2:] == after["numpy"][2:]
    assert torch.equal(before["torch"], after["torch"])


def test_a_new_run_is_left_alone(tmp_path: Path) -> None:
    log = CSVLog(save_dir=tmp_path)
    log.log_metrics({"a": 1}, step=99)
    torch.manual_seed(5)
    expected = draw()
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(5)
    exact_resume().on_train_start(cast(Any, Trainer(log)), ON_A_CPU)
    assert draw()[4:] == expected[4:]
    assert len(log.rows) == 1


def test_curves_after_the_checkpoint_are_dropped(tmp_path: Path) -> None:
    log = CSVLog(save_dir=tmp_path)
    for step in (10, 20, 30):
        log.log_metrics({"a": step}, step=step)
    resume = exact_resume()
    resume.on_load_checkpoint(cast(Any, Trainer()), ON_A_CPU, saved(tmp_path))
    resume.on_train_start(cast(Any, Trainer(log, object())), ON_A_CPU)
    assert [row["batch"] for row in log.rows] == ["10", "20"]


def test_the_last_checkpoint_holds_all_and_nothing_that_must_be_trusted(tmp_path: Path) -> None:
    run = tmp_path / "run"
    gan = make_gan()
    last = LastCheckpoint(every_n_epochs=0, every_n_seconds=60)
    train(run, [ExactResume(module=gan), last], gan)
    assert [path.name for path in run.glob("*.ckpt")] == ["last.ckpt"]
    checkpoint = torch.load(run / "last.ckpt", weights_only=True)
    assert checkpoint["counts"] == {"batches": 2 * BATCHES_PER_EPOCH, "images_seen": 2 * IMAGES}
    assert set(checkpoint["random_states"]) == {*("python", "numpy", "torch", "cuda", "mps")}
    assert len(checkpoint["optimizer_states"]) == 2
    for name, value in gan.state_dict().items():
        assert torch.equal(checkpoint["state_dict"][name], value), name
    assert any(name.startswith("generator_average.") for name in checkpoint["state_dict"])


@pytest.mark.parametrize(("seconds", "saved_at"), [(0.0, [1, 2, 3]), (math.inf, [3])])
def test_saves_also_where_the_last_one_is_long_ago(
    seconds: float, saved_at: list[int], tmp_path: Path
) -> None:
    found = []

    class Watched(LastCheckpoint):
        def on_train_epoch_end(self, trainer: lightning.Trainer, module: Any) -> None:
            super().on_train_epoch_end(trainer, module)
            if (tmp_path / "last.ckpt").is_file():
                found.append(trainer.current_epoch + 1)
                (tmp_path / "last.ckpt").unlink()

    train(tmp_path, [Watched(every_n_epochs=0, every_n_seconds=seconds)], epochs=3)
    assert found == saved_at
