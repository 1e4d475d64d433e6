"""Event files, read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from project.cli.compose import load_config
from project.loggers.csv_log import CSVLog
from project.runs.grid import save_grid

pytest.importorskip("tensorboard")

from project.loggers.tensorboard_log import TensorBoardLog


def read(folder: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder / "tensorboard"))
    found.Reload()
    return found


def curve(folder: Path, name: str) -> list[tuple[int, float]]:
    return [(event.step, event.value) for event in read(folder).Scalars(name)]


def test_curves_and_pictures_stand_against_batches(tmp_path: Path) -> None:
    log = TensorBoardLog(save_dir=tmp_path)
    log.log_hyperparams({"seed": 3})
    for step in (10, 20):
        log.log_metrics({"L_G": step / 4}, step=step)
    save_grid(np.full((1, 3, 6, 5), 7, np.uint8), tmp_path / "grid.png")
    log.log_image("grid/generator", [str(tmp_path / "grid.png")], step=20)
    log.save()
    log.finalize("success")
    assert curve(tmp_path, "L_G") == [(10, 2.5), (20, 5.0)]
    (picture,) = read(tmp_path).Images("grid/generator")
    assert (picture.step, picture.height, picture.width) == (20, 10, 9)
    assert {path.name for path in tmp_path.iterdir()} == {"tensorboard", "grid.png"}


def test_a_resumed_run_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    rows = CSVLog(save_dir=tmp_path)
    first = TensorBoardLog(save_dir=tmp_path)
    for step in (10, 20, 30):
        rows.log_metrics({"L_G": step}, step=step)
        first.log_metrics({"L_G": step}, step=step)
    first.finalize("failed")
    rows.forget_after(20)
    again = TensorBoardLog(save_dir=tmp_path)
    again.replay(rows.rows)
    again.log_metrics({"L_G": 31}, step=30)
    again.finalize("success")
    assert curve(tmp_path, "L_G") == [(10, 10.0), (20, 20.0), (30, 31.0)]


@pytest.mark.parametrize(
    ("word", "loggers"),
    [
        ("logger=tensorboard", ["csv", "tensorboard"]),
        ("logger=[wandb,tensorboard]", ["csv", "wandb", "tensorboard"]),
    ],
)
def test_one_logger_or_several(word: str, loggers: list[str]) -> None:
    assert list(load_config("config", ["experiment=da_faces", word]).logger) == loggers
