"""Curves as a CSV file, always, with nothing needed to read it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lightning.pytorch.loggers.logger import Logger
from lightning.pytorch.utilities import rank_zero_only

from project.replacing import write_text

STEP = "batch"


class CSVLog(Logger):
    """Writes ``metrics.csv``: one row per logged batch, one column per curve.

    Args:
        save_dir: the run folder.
    """

    def __init__(self, *, save_dir: str | Path) -> None:
        super().__init__()
        self.path = Path(save_dir) / "metrics.csv"
        self.columns: list[str] = [STEP]
        self.rows: list[dict[str, str]] = []
        if self.path.is_file():
            with self.path.open(newline="", encoding="utf-8") as file:
                # A full disk leaves a part of the last row.
                reader = csv.DictReader(line for line in file if line.endswith("\n"))
                self.rows = list(reader)
                self.columns = list(reader.fieldnames or [STEP])

    @property
    def name(self) -> str:
        """The logger's name."""
        return "csv"

    @property
    def version(self) -> str:
        """A run folder holds one version."""
        return ""

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Adds to the row of batch ``step``.

        Args:
            metrics: curves by name.
            step: number of batches trained, never optimizer steps.
        """
        values = {name: f"{value:.9g}" for name, value in metrics.items()}
        new_columns = [name for name in values if name not in self.columns]
        self.columns += new_columns
        if self.rows and self.rows[-1][STEP] == str(step):
            self.rows[-1].update(values)
            self._rewrite()
        else:
            self.rows.append({STEP: str(step), **values})
            if new_columns or len(self.rows) == 1:
                self._rewrite()
            else:
                with self.path.open("a", newline="", encoding="utf-8") as file:
                    csv.DictWriter(file, self.columns, restval="").writerow(self.rows[-1])

    @rank_zero_only
    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """The resolved config stands beside this file already."""

    @rank_zero_only
    def forget_after(self, batches: int) -> None:
        """Drops rows that a resumed run is about to write again.

        Args:
            batches: number of batches at which the run is resumed.
        """
        self.rows = [row for row in self.rows if int(row[STEP]) <= batches]
        self._rewrite()

    def row(self, batch: int) -> dict[str, str]:
        """Returns what was logged at a batch, where that is the last one logged."""
        at_end = bool(self.rows) and self.rows[-1][STEP] == str(batch)
        return dict(self.rows[-1]) if at_end else {}

    @rank_zero_only
    def take_back(self, batch: int, row: Mapping[str, str]) -> None:
        """Makes the last batch's row what it was; an empty one goes.

        Args:
            batch: its number.
            row: what it was.
        """
        if self.row(batch) not in ({}, row):
            self.rows[-1:] = [dict(row)] if row else []
            self._drop_empty_columns()
            self._rewrite()

    @rank_zero_only
    def take_back_scores(self, epoch: int) -> None:
        """Drops what was scored at the end of an epoch, counted from 0."""
        for row in [row for row in self.rows if row.get("epoch") == str(epoch)]:
            for name in [name for name in row if name.startswith("scores")]:
                del row[name]
            if not any(value for name, value in row.items() if name not in (STEP, "epoch")):
                self.rows.remove(row)
        self._drop_empty_columns()
        self._rewrite()

    def _drop_empty_columns(self) -> None:
        filled = {name for row in self.rows for name, value in row.items() if value}
        self.columns = [name for name in self.columns if name in {STEP, *filled}]
        self.rows = [{n: v for n, v in row.items() if n in self.columns} for row in self.rows]

    def _rewrite(self) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, self.columns, restval="")
        writer.writeheader()
        writer.writerows(self.rows)
        write_text(self.path, text.getvalue())
