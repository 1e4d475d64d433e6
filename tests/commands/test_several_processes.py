"""A run in two processes (trainer=ddp), and the jobs of a sweep in processes of their own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from own_options import write_options
from tiny import TINY, assert_same_weights, result_of, rows_of, run_apart

from project.datamodules.batches import Share
from project.sweeps.command_line import read
from project.sweeps.launcher import open_launcher

SHORT = [*TINY, "epochs=2", "score_every=0"]
TWO = [*SHORT, "trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2"]


def told_by(process: int, folder: Path) -> list[dict[str, Any]]:
    lines = (folder / f"process_{process}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def runs_of(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("outputs/*/*/result.json"))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run, and the GAN that it needs, in two processes each."""
    folder = tmp_path_factory.mktemp("two")
    done = run_apart(["-m", "two_processes"], [*TWO, "seed=3", "da=flip_gen"], folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_there_is_one_folder_and_one_writer(trained: Path) -> None:
    runs = runs_of(trained)
    assert [path.name for path in sorted((trained / "outputs" / "da_faces").iterdir())] == [
        run.name for run in runs
    ]
    chosen = [{"da=none", "da=flip_gen"} & set(result_of(run)["overrides"]) for run in runs]
    assert chosen == [{"da=none"}, {"da=flip_gen"}]
    for run, images in zip(runs, (64, 128), strict=True):
        assert result_of(run)["status"] == "finished"
        assert result_of(run)["scores"]["efficientnet_lite0"]["inception_score"] >= 1
        batches = [(row["batch"], row["images"]) for row in rows_of(run)]
        count = 2 * images // 16
        assert batches == [(str(i), str(16 * i)) for i in range(1, count + 1)]


def test_each_batch_is_divided_and_the_weights_are_one(trained: Path) -> None:
    runs = runs_of(trained)
    for run, images, first, second in zip(
        runs, (64, 128), told_by(0, trained), told_by(1, trained), strict=True
    ):
        assert first["run"] == second["run"] == run.name
        assert first["weights"] == second["weights"]
        assert first["noise"] != second["noise"]
        pairs = list(zip(first["chosen"], second["chosen"], strict=True))
        assert {(len(a), len(b)) for a, b in pairs} == {(8, 8)}
        for epoch in (pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]):
            assert sorted(i for a, b in epoch for i in a + b) == list(range(images))


# A signal to the first process alone is kept by both until the end of the epoch.
@pytest.mark.parametrize(("signal", "code", "at"), [("SIGKILL", -9, 6), ("SIGTERM", 143, 2)])
def test_killed_and_resumed_two_processes_end_the_same(
    signal: str, code: int, at: int, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [*TWO, "seed=3"]
    monkeypatch.setenv("KILLED_AT", str(at))
    monkeypatch.setenv("KILLED_BY", signal)
    done = run_apart(["-m", "two_processes"], words, tmp_path)
    assert done.returncode == code, done.stderr
    monkeypatch.delenv("KILLED_AT")
    (run,) = runs_of(tmp_path)
    assert torch.load(run / "last.ckpt", weights_only=True)["counts"]["batches"] == 4
    if signal == "SIGTERM":
        assert f"Continue it: python -m project.run resume={run.relative_to(tmp_path)}" in (
            done.stderr
        )
    done = run_apart(["-m", "two_processes"], [f"resume={run}"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert_same_weights(run, runs_of(trained)[0])
    assert rows_of(run) == rows_of(runs_of(trained)[0])


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize("length", [1, 2, 5, 16])
def test_the_shares_of_a_batch_are_the_batch(length: int, processes: int) -> None:
    batch = torch.arange(length) + 7
    shares = [Share(process, processes).of(batch) for process in range(processes)]
    assert all(len(share) for share in shares)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
    together = sorted(torch.cat(shares).tolist())
    assert set(together) == set(batch.tolist())
    if length >= processes:
        assert together == batch.tolist()


def test_jobs_run_in_processes_of_their_own(tmp_path: Path) -> None:
    write_options(tmp_path)
    words = ["--config-dir=mine", "-m", *TINY, "epochs=1", "da=dim", "parallel=2"]
    words += ["module.d_optimizer.lr=1e-4,1e30,2e-4"]
    done = run_apart(["-m", "project.run"], words, tmp_path)
    assert done.returncode == 2
    assert re.search(r"error: 1 of 3 jobs failed.*\n.*1e\+30: L_\w+ is NaN", done.stderr)
    results = [result_of(path.parent) for path in tmp_path.glob("multirun/*/*/result.json")]
    assert sorted(result["status"] for result in results) == ["failed", "finished", "finished"]
    # One's own options are there, too, and are told.
    own = f"--config-dir={tmp_path / 'mine'}"
    assert [result["overrides"][0] for result in results] == [own] * 3
    logs = sorted(tmp_path.glob("multirun/*/.jobs/*.log"))
    assert [log.name for log in logs] == ["0001.log", "0002.log", "0003.log"]
    assert "2 jobs at a time, each with 1 of" in done.stderr


def test_a_cluster_is_one_option() -> None:
    words = ["experiment=da_faces", "sweep=da_all", "hydra/launcher=submitit_slurm"]
    with open_launcher(read([*words, "hydra.launcher.partition=gpu"])) as (launcher, at_once):
        assert type(launcher).__name__ == "SlurmLauncher"
        params: Any = launcher.params  # type: ignore[attr-defined]
        assert (params["partition"], params["timeout_min"]) == ("gpu", 10080)
        assert params["submitit_folder"].startswith("multirun/da_faces_da_all/.submitit")
    assert at_once is None, "the cluster's own queue decides"
