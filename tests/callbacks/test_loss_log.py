from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_run import make_gan, train

from project.callbacks.loss_log import LossLog
from project.loggers.csv_log import CSVLog


def test_counts_batches_and_images(tmp_path: Path) -> None:
    gan = make_gan()
    log = LossLog(every_n_batches=2, module=gan)
    train(tmp_path, [log], gan, loggers=[CSVLog(save_dir=tmp_path)])
    with (tmp_path / "metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    # 48 images in batches of 16, twice; optimizer steps would be twice as many.
    assert [row["batch"] for row in rows] == ["2", "4", "6"]
    assert [row["images"] for row in rows] == ["32", "64", "96"]
    assert [row["epoch"] for row in rows] == ["0", "1", "1"]
    for name in ("L_D_real", "L_D_fake", "L_G"):
        assert float(rows[-1][name]) == pytest.approx(gan.losses[name].item(), rel=1e-6)
    assert log.images == 96
    assert float(rows[-1]["images_per_second"]) > 0
    assert log.result() == {"images_per_second": round(log.images_per_second, 1)}


def test_before_the_first_batch_there_is_no_speed() -> None:
    assert LossLog(every_n_batches=1, module=make_gan()).images_per_second == 0.0


def test_speed_is_images_over_seconds_of_training() -> None:
    log = LossLog(every_n_batches=1, module=make_gan())
    log.seconds, log.images = 4.0, 100
    assert log.images_per_second == 25.0
    # All of a run, and not its last part.
    resumed = LossLog(every_n_batches=1, module=make_gan())
    resumed.load_state_dict(log.state_dict())
    resumed.seconds += 1.0
    assert resumed.images_per_second == 20.0


def test_seldom_means_seldom(tmp_path: Path) -> None:
    class Count:
        def __init__(self) -> None:
            self.steps: list[int | None] = []

        def log_metrics(self, metrics: dict[str, Any], step: int | None = None) -> None:
            self.steps.append(step)

    class Module:
        batches = images_seen = 0
        losses: dict[str, Any] = {"L": torch.tensor(1.0)}  # noqa: RUF012

    class Trainer:
        current_epoch, max_epochs = 0, 1
        device = torch.device("cpu")
        loggers: list[Count]

    counter, module, trainer = Count(), Module(), Trainer()
    trainer.loggers = [counter]
    watched: Any = trainer
    log = LossLog(every_n_batches=10, module=module)
    for number in range(35):
        log.on_train_batch_start(watched, watched, None, number)
        module.batches += 1
        log.on_train_batch_end(watched, watched, None, None, number)
    log.on_train_epoch_end(watched, watched)
    assert counter.steps == [10, 20, 30, 35]
