"""The search for the stages' weights: killed, continued, told of."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from omegaconf import OmegaConf
from tiny import KILLED_AT_BATCH, result_of, run_apart, run_here

from project.errors import UserError
from project.run import main

SMALL = [
    "experiment=two_feature_joint",
    "data=faces",
    "data.total=120",
    "data.p_bald=0.4",
    "data.p_beard=0.5",
    "size=32",
    "trainer=cpu",
    "logger=csv",
    "epochs=3",
    "network.base_channels=4",
    "datamodule.batch_size=32",
    "scored_images=20",
    "score_every=0",
    "callbacks.losses.every_n_batches=1",
    "callbacks.checkpoint.every_n_epochs=1",
    "callbacks.grid.every_n_epochs=0",
    "callbacks.pictures.images=4",
    "callbacks.pictures.rows=1",
    "stages.plan.warm_up.until=1",
    "stages.plan.early.until=0.7",
]
# In so few batches no GAN makes a face, but no two are alike.
SEARCH = [
    *SMALL,
    "sweep=loss_weights",
    "sweep.search.trials=2",
    "sweep.search.maximise=diversity",
    "sweep.search.floor.diversity=0.0",
]


def test_a_killed_search_goes_on_and_tells_the_best_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # In the first trial, after its first epoch: D_1, D_2 and the classifiers are done by then.
    code = KILLED_AT_BATCH.format(batch="5 and getattr(module, '_frozen', ())", signal="SIGKILL")
    killed = run_apart(["-c", code], SEARCH, tmp_path)
    assert killed.returncode == -9, killed.stderr
    (begun,) = tmp_path.glob("multirun/*/*/result.json")
    assert result_of(begun.parent)["status"] == "running"

    monkeypatch.chdir(tmp_path)
    run_here(main, SEARCH, monkeypatch)
    told = capsys.readouterr()
    runs = [path.parent for path in tmp_path.glob("multirun/*/*/result.json")]
    assert len(runs) == 2
    assert begun.parent in runs
    assert {result_of(run)["status"] for run in runs} == {"finished"}
    assert {result_of(run)["sweep"]["condition"] for run in runs} == {"trial=0", "trial=1"}
    assert len(list(tmp_path.glob("outputs/two_feature_single/*"))) == 2

    (folder,) = {run.parent for run in runs}
    with (folder / "trials.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    scores = {
        result_of(run)["sweep"]["condition"]: result_of(run)["scores"]["attributes_looking"]
        for run in runs
    }
    for number, row in enumerate(rows):
        found = scores[f"trial={number}"]
        assert float(row["diversity"]) == found["diversity"]
        assert row["allowed"] == "True"
    # The study's weights come first.
    assert float(rows[0]["stages.plan.late.G.L_GM2"]) == pytest.approx(5 / 6, abs=1e-4)
    assert (folder / "importance.png").read_bytes()[1:4] == b"PNG"
    check_best(folder, rows, told.out)


def check_best(folder: Path, rows: list[dict[str, str]], told: str) -> None:
    best = max(rows, key=lambda row: float(row["diversity"]))
    assert f"best    trial {int(best['trial']) + 1} of 2: diversity " in told
    plan = OmegaConf.load(folder / "best.yaml").plan
    key = "stages.plan.late.D.L_DM3"
    assert float(best[key]) == plan.late.D.L_DM3
    assert f"{key}={best[key]}" in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([*SEARCH, "epochs=4,5"], "takes the mean over seeds alone, but there are epochs=4"),
        ([*SEARCH, "sweep.search.trials=0"], "sweep.search.trials=0 is not allowed"),
        (["experiment=da_faces", "sweep=loss_weights"], "names stages.plan.early.G, which"),
        ([*SEARCH, "sweep.search.maximise=p_bot"], "maximise names the score p_bot. Did you mean"),
    ],
    ids=["lists", "trials", "experiment", "score"],
)
def test_what_cannot_be_searched_is_told_in_a_sentence(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=re.escape(sentence)):
        run_here(main, words, monkeypatch)
    assert not (tmp_path / "multirun").exists()
