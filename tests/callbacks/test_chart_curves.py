from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image

from project.callbacks.chart_curves import ChartCurves, stage_borders
from project.loggers.csv_log import CSVLog


def draw(folder: Path, loggers: list[Any]) -> list[str]:
    trainer: Any = SimpleNamespace(
        is_global_zero=True, loggers=loggers, default_root_dir=str(folder)
    )
    ChartCurves().on_train_end(trainer, None)
    return sorted(path.name for path in folder.iterdir() if path.suffix == ".png")


def test_losses_and_scores_are_drawn_apart(tmp_path: Path) -> None:
    logger = CSVLog(save_dir=tmp_path)
    for step in (50, 100):
        logger.log_metrics({"L_D": 1 / step, "L_G": 2.0, "images_per_second": 9.0}, step=step)
    # Logged more seldom than the losses.
    logger.log_metrics({"scores/digits/judge_accuracy": 0.5}, step=100)
    # In one chart with G's own.
    logger.log_metrics({"scores_average/digits/judge_accuracy": 0.6}, step=100)
    assert draw(tmp_path, [logger]) == ["losses.png", "scores.png"]
    for name, curves in (("losses.png", 2), ("scores.png", 1)):
        with Image.open(tmp_path / name) as picture:
            assert picture.size == (700, 200 * curves)


def test_nothing_logged_is_no_picture(tmp_path: Path) -> None:
    assert draw(tmp_path, [CSVLog(save_dir=tmp_path)]) == []
    assert draw(tmp_path, []) == []


def test_stages_are_marked_where_they_begin(tmp_path: Path) -> None:
    logger = CSVLog(save_dir=tmp_path)
    logger.log_metrics({"stage": 1}, step=0)
    for step in (50, 100, 150):
        logger.log_metrics({"L_D": 1 / step}, step=step)
        if step == 100:
            logger.log_metrics({"stage": 2}, step=step)
    assert stage_borders(logger.rows) == {"stage 2": 100}
    assert draw(tmp_path, [logger]) == ["losses.png"]
