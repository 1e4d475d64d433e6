"""The logged curves, drawn at the end of a training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lightning import Callback, LightningModule, Trainer

from project.callbacks.charts import save_curves
from project.callbacks.stage_log import STAGE

WHOSE = {"scores": "G", "scores_average": "its moving average"}
LOSSES = ("L", "R")  # L_D, L_G ... and penalties: LeCam, R1, R2


class ChartCurves(Callback):
    """Draws ``losses.png``, and ``scores.png`` where scores were logged, from ``metrics.csv``."""

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Draws what the CSV logger has; nothing without it."""
        if not trainer.is_global_zero:
            return
        rows = logged(trainer)
        names = dict.fromkeys(name for row in rows for name in row)
        folder = Path(trainer.default_root_dir)
        draw(rows, [name for name in names if name.startswith(LOSSES)], folder / "losses.png")
        draw(
            rows, [name for name in names if name.partition("/")[0] in WHOSE], folder / "scores.png"
        )


def draw(rows: Sequence[dict[str, str]], names: Sequence[str], path: Path) -> None:
    """Draws the named columns against the batches; no picture where there is none."""
    points = {
        name: [(int(row["batch"]), float(row[name])) for row in rows if row.get(name)]
        for name in names
    }
    curves = {_titled(name): some for name, some in points.items() if some}
    if curves:
        save_curves(curves, path, "batch", stage_borders(rows))


def _titled(name: str) -> str:
    whose, slash, rest = name.partition("/")
    return f"{WHOSE.get(whose, whose)}{slash}{rest}"


def stage_borders(rows: Sequence[dict[str, str]]) -> dict[str, int]:
    """Returns the batch after which each stage but the first begins, by its name."""
    begun = [(int(row["batch"]), row[STAGE]) for row in rows if row.get(STAGE)]
    return {f"stage {number}": batch for batch, number in begun[1:]}


def logged(trainer: Trainer) -> list[dict[str, str]]:
    """Returns the rows of ``metrics.csv``, where it is written."""
    for logger in trainer.loggers:
        rows = getattr(logger, "rows", None)
        if rows is not None:
            return list(rows)
    return []
