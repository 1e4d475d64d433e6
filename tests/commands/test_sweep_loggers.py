"""Curves of a sweep: together in W&B, offline; or in CSV files alone; or nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import TINY, result_of, run_here
from wandb_file import config, history, records, summary

from project.run import main

SHORT = [*TINY, "epochs=1", "score_every=0", "-m"]


def runs_of(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("multirun/*/*/result.json"))


def test_curves_of_a_sweep_lie_over_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # With flip there are twice as many batches.
    run_here(main, [*SHORT, "logger=wandb", "da=none,flip", "seed=1"], monkeypatch)
    found = {}
    for run in runs_of(tmp_path):
        (file,) = run.glob("wandb/offline-run-*/run-*.wandb")
        by_kind = {record.WhichOneof("record_type"): record for record in records(file)}
        told = by_kind["run"].run
        assert told.run_group == run.parent.name
        assert told.display_name == run.name
        assert by_kind["exit"].exit.exit_code == 0
        assert config(file)["seed"] == 1
        tags = ["data=faces", told.job_type, "seed=1"]
        assert list(told.tags) == tags
        real = result_of(run)["references"]["efficientnet_lite0"]["training"]["fid"]
        assert summary(file)["real/efficientnet_lite0/training/fid"] == real
        rows = history(file)
        assert [row["trainer/global_step"] for row in rows if "L_G" in row][:4] == [1, 2, 3, 4]
        scores = [row for row in rows if "scores/efficientnet_lite0/inception_score" in row]
        found[told.job_type] = scores[0]["trainer/global_step"]
        assert any("grid/generator/filenames" in row for row in rows)
    assert found == {"da=none": 4, "da=flip": 8}


@pytest.mark.parametrize(("logger", "files"), [("csv", ["metrics.csv"]), ("none", [])])
def test_without_wandb(
    logger: str, files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_here(main, [*SHORT, f"logger={logger}", "seed=0,1"], monkeypatch)
    assert len(runs_of(tmp_path)) == 2
    for run in runs_of(tmp_path):
        assert [path.name for path in run.glob("*.csv") if path.name != "manifest.csv"] == files
        assert not (run / "wandb").exists()
