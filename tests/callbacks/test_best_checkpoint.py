"""The best of several scorings is kept, under a name that says that it is luck."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightning
import pytest
import torch
from tiny_run import BATCHES_PER_EPOCH, make_gan, train

from project.callbacks.best_checkpoint import BestCheckpoint
from project.callbacks.checkpoint import LastCheckpoint
from project.callbacks.watched import Choice, log_scores
from project.errors import UserError

KEY = "scores_average/net/"


class Given(lightning.Callback):
    """Scores that are given, by epoch; None where an epoch is not scored."""

    def __init__(self, name: str, better: str, values: Sequence[float | None], **beside: float):
        self.name, self.better, self.given, self.beside = name, better, values, beside

    def choices(self) -> dict[str, Choice]:
        return {
            self.name: Choice(KEY + self.name, "average", self.better),
            "sharpness": Choice(f"{KEY}sharpness", "average", ""),
        }

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: Any) -> None:
        value = self.given[trainer.current_epoch]
        if value is not None:
            scores = {self.name: value, **self.beside}
            log_scores(trainer, {KEY + name: v for name, v in scores.items()}, pl_module.batches)


def best_of(score: str, given: Given) -> BestCheckpoint:
    best = BestCheckpoint(score=score)
    best.look_at([given, best])
    return best


def epoch_of(file: Path) -> int:
    saved = torch.load(file, weights_only=True)
    assert "optimizer_states" not in saved
    batches: int = saved["counts"]["batches"]
    return batches // BATCHES_PER_EPOCH


@pytest.mark.parametrize(
    ("better", "values", "epoch", "scorings"),
    [
        ("lower", [9.0, 4.0, 7.0], 2, 3),
        ("higher", [9.0, 4.0, 7.0], 1, 3),
        # Not scored in the second epoch, a number in no more than three.
        ("lower", [9.0, None, 4.0, float("nan"), 7.0], 3, 3),
        # Of equals the first.
        ("lower", [4.0, 4.0], 1, 2),
    ],
)
def test_the_best_is_kept_and_called_the_luckiest(
    better: str, values: list[float | None], epoch: int, scorings: int, tmp_path: Path
) -> None:
    given = Given("fid", better, values)
    best = best_of("fid", given)
    gan = make_gan()
    train(tmp_path / "run", [given, best], gan, epochs=len(values))
    name = f"best_fid_of_average_epoch_{epoch:04d}_luckiest_of_{scorings}.ckpt"
    assert [file.name for file in (tmp_path / "run").glob("*.ckpt")] == [name]
    assert epoch_of(tmp_path / "run" / name) == epoch
    told = best.result()["best"]
    assert (told["score"], told["epoch"], told["scorings"], told["file"]) == (
        "fid",
        epoch,
        scorings,
        name,
    )
    assert told["value"] == values[epoch - 1]
    assert f"luckiest of {scorings} scorings" in told["note"]
    assert "not the run's result" in told["note"]


@pytest.mark.parametrize("stopped_after", [1, 2, 3])
def test_a_resumed_run_keeps_the_same(stopped_after: int, tmp_path: Path) -> None:
    values = [5.0, 3.0, 4.0, 6.0]
    run = tmp_path / "run"
    for epochs, resume in ((stopped_after, None), (4, run / "last.ckpt")):
        given = Given("fid", "lower", values)
        best = best_of("fid", given)
        last = LastCheckpoint(every_n_epochs=1, every_n_seconds=60)
        train(run, [given, best, last], epochs=epochs, resume=resume)
    name = "best_fid_of_average_epoch_0002_luckiest_of_4.ckpt"
    assert sorted(file.name for file in run.glob("*.ckpt")) == [name, "last.ckpt"]
    assert epoch_of(run / name) == 2


def test_one_image_over_and_over_is_not_the_best(tmp_path: Path) -> None:
    given = Given("p_both", "higher", [1.0, 1.0], coverage=0.02, diversity=0.01)
    best = best_of("p_both", given)
    train(tmp_path / "run", [given, best], epochs=2)
    assert not list((tmp_path / "run").glob("*.ckpt"))
    assert best.result() == {"best": {"score": "p_both", "scorings": 0}}


def test_nothing_is_kept_unasked(tmp_path: Path) -> None:
    best = BestCheckpoint(score=None)
    best.look_at([])
    given = Given("fid", "lower", [1.0, 2.0])
    train(tmp_path / "run", [given, best])
    assert not list((tmp_path / "run").glob("*.ckpt"))
    assert best.result() == {}


@pytest.mark.parametrize(
    ("score", "sentence"),
    [
        ("fi", r"best=fi names no score of this run\. Did you mean 'fid'\?"),
        ("sharpness", r"best=sharpness has no way that is better\. Allowed: fid\."),
    ],
)
def test_what_cannot_be_the_best_is_told(score: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        best_of(score, Given("fid", "lower", []))
