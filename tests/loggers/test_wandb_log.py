"""Offline runs, read back from their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wandb
from wandb_file import config, history, records

from project.cli.compose import load_config, plain
from project.loggers.wandb_log import WandbLog, shortened
from project.runs.grid import save_grid

CURVES = ["L_D_real", "L_G", "scores/efficientnet_lite0/inception_score"]


def open_log(folder: Path, **changes: Any) -> WandbLog:
    shipped = plain(load_config("config", ["experiment=da_faces"]))["logger"]["wandb"]
    shipped.pop("_target_")
    return WandbLog(save_dir=folder, **(shipped | changes))


def file_in(folder: Path) -> Path:
    (found,) = folder.glob("wandb/offline-run-*/run-*.wandb")
    return found


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs in one process, as in a sweep; the second failed."""
    folders = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANDB_MODE", "offline")
        for number, status in enumerate(("success", "failed")):
            folder = tmp_path_factory.mktemp(f"run_{number}")
            log = open_log(folder, group="a_group")
            log.log_hyperparams(plain(load_config("config", ["experiment=da_faces", "seed=3"])))
            for step in (10, 20):
                log.log_metrics(dict.fromkeys(CURVES, step + number), step=step)
            (folder / "grids").mkdir()
            picture = folder / "grids" / "epoch_0001.png"
            save_grid(np.full((4, 3, 5, 5), number, np.uint8), picture)
            log.log_image("grid/generator", [str(picture)], step=20)
            log.finalize(status)
            assert wandb.run is None
            folders.append(folder)
    wandb.teardown()
    return folders


def test_the_config_can_be_read_back(runs: list[Path]) -> None:
    read = config(file_in(runs[0]))
    for key, value in plain(load_config("config", ["experiment=da_faces", "seed=3"])).items():
        assert read[key] == value, key


def test_curves_stand_under_their_names_against_batches(runs: list[Path]) -> None:
    for number, folder in enumerate(runs):
        rows = history(file_in(folder))
        for name in CURVES:
            curve = [(row["trainer/global_step"], row[name]) for row in rows if name in row]
            assert curve == [(10, 10 + number), (20, 20 + number)]


def test_grids_are_kept(runs: list[Path]) -> None:
    for folder in runs:
        file = file_in(folder)
        (row,) = [r for r in history(file) if "grid/generator/filenames" in r]
        assert row["trainer/global_step"] == 20
        (name,) = row["grid/generator/filenames"]
        kept = file.parent / "files" / name
        assert kept.read_bytes() == (folder / "grids" / "epoch_0001.png").read_bytes()


def test_each_run_has_its_own_name_and_end(runs: list[Path]) -> None:
    for folder, code in zip(runs, (0, 1), strict=True):
        by_kind = {record.WhichOneof("record_type"): record for record in records(file_in(folder))}
        run = by_kind["run"].run
        assert run.project == "little-data-gans"
        assert run.display_name == folder.name
        assert run.run_group == "a_group"
        assert by_kind["exit"].exit.exit_code == code


def test_an_unused_log_leaves_nothing(tmp_path: Path) -> None:
    open_log(tmp_path / "run").finalize("success")
    assert not (tmp_path / "run").exists()


def test_without_an_account_it_is_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WANDB_MODE", "WANDB_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    log = open_log(tmp_path / "run")
    assert log._offline
    assert log._wandb_init["settings"].mode == "offline"


@pytest.mark.parametrize(("name", "shown"), [(None, "folder"), ("mine", "mine")])
def test_the_folder_names_the_run(tmp_path: Path, name: str | None, shown: str) -> None:
    assert open_log(tmp_path / "folder", name=name)._wandb_init["name"] == shown


def test_a_condition_longer_than_a_job_type_keeps_its_own() -> None:
    long = "da=flip ratio=1:1 module.generator_optimizer.lr=2e-4 datamodule.batch_size="
    assert shortened("da=flip") == "da=flip"
    assert len(shortened(long + "32")) == 64
    assert shortened(long + "32") != shortened(long + "64")
