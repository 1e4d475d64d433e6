"""Offline runs, read back from their files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wandb
from wandb_file import config, history, records, summary

from project.cli.compose import load_config, plain
from project.loggers.csv_log import CSVLog
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


def test_disabled_means_that_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "disabled")
    log = open_log(tmp_path / "run")
    log.log_metrics({"L_D": 1.0}, step=1)
    log.finalize("success")
    assert not list(tmp_path.rglob("*.wandb"))


@pytest.mark.parametrize(("name", "shown"), [(None, "folder"), ("mine", "mine")])
def test_the_folder_names_the_run(tmp_path: Path, name: str | None, shown: str) -> None:
    assert open_log(tmp_path / "folder", name=name)._wandb_init["name"] == shown


def test_a_condition_longer_than_a_job_type_keeps_whole_words_and_its_own_end() -> None:
    long = "da=flip ratio=1:1 module.generator_optimizer.lr=2e-4 datamodule.batch_size="
    assert shortened("da=flip") == "da=flip"
    assert re.fullmatch(
        r"da=flip ratio=1:1 lr=2e-4 batch_size=32-[0-9a-f]{8}", shortened(long + "32")
    )
    cut = shortened(f"{long}32 network.base_channels=16 epochs=300")
    assert re.fullmatch(r"da=flip ratio=1:1 lr=2e-4 batch_size=32-[0-9a-f]{8}", cut)
    assert cut != shortened(long + "32")
    assert len(shortened("da=" + "x" * 80)) == 64


def test_a_single_run_is_told_by_its_experiment_its_data_and_its_augmentation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    words = ["experiment=da_faces", "da=[flip,invert]", "seed=3"]
    shipped = plain(load_config("config", words))["logger"]["wandb"]
    shipped.pop("_target_")
    told = WandbLog(save_dir=tmp_path / "run", **shipped)._wandb_init
    assert told["group"] == "da_faces"
    assert told["job_type"] == "da=flip+invert"
    assert told["tags"] == ["data=faces", "da=flip+invert", "seed=3"]


def test_a_resumed_run_is_written_anew_under_its_own_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    first = open_log(tmp_path)
    curve = CSVLog(save_dir=tmp_path)
    for step in (10, 20, 30):
        for log in (first, curve):
            log.log_metrics({"epoch": step // 10, "L_G": step / 7}, step=step)
    first.finalize("failed")
    wandb.teardown()
    killed = file_in(tmp_path)
    again = open_log(tmp_path)
    curve.forget_after(20)
    again.replay(curve.rows)
    again.log_metrics({"L_G": 0.5}, step=30)
    again.log_summary({"real/fid": 4.5})
    again.finalize("success")
    wandb.teardown()
    file = file_in(tmp_path)
    assert file != killed
    assert (tmp_path / "wandb" / "earlier" / killed.parent.name).is_dir()
    ids = [
        next(r.run.run_id for r in records(one) if r.WhichOneof("record_type") == "run")
        for one in (file, tmp_path / "wandb" / "earlier" / killed.parent.name / killed.name)
    ]
    assert ids[0] == ids[1]
    rows = history(file)
    assert [(row["trainer/global_step"], row["L_G"]) for row in rows] == [
        (10, pytest.approx(10 / 7, rel=1e-8)),
        (20, pytest.approx(20 / 7, rel=1e-8)),
        (30, 0.5),
    ]
    assert [row["epoch"] for row in rows[:2]] == [1, 2]
    assert summary(file)["real/fid"] == 4.5


@pytest.mark.parametrize(("before", "resume"), [("run", "must"), ("offline-run", "allow")])
def test_online_a_run_that_is_there_is_resumed(
    before: str, resume: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "online")
    (tmp_path / "wandb" / f"{before}-20261127_101500-ab12cd34").mkdir(parents=True)
    told = open_log(tmp_path)._wandb_init
    assert (told["id"], told["resume"]) == ("ab12cd34", resume)
