"""Whoever watches a training changes nothing in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from tiny_run import BATCHES_PER_EPOCH, Originals, RandomBackbone, make_gan, train

from project.callbacks.checkpoint import LastCheckpoint
from project.callbacks.exact_resume import ExactResume
from project.callbacks.image_grid import ImageGrid
from project.callbacks.loss_log import LossLog
from project.callbacks.progress import ProgressBar, readable_time
from project.callbacks.schedule import due
from project.callbacks.score_generator import ScoreGenerator
from project.da.invert import Invert
from project.data.source import ImageSource
from project.loggers.csv_log import CSVLog
from project.metrics.measures import Measures
from project.modules.gan import GANModule


def scorer(folder: Path, gan: GANModule, every: int = 1, weights: str = "both") -> ScoreGenerator:
    source = cast(ImageSource, Originals())
    return ScoreGenerator(
        backbone=RandomBackbone(folder),
        measures=Measures(splits=[1, 3], neighbours=2, kid_images=100, seed=0, more={}),
        treatments={"invert": Invert()},
        wanted_class="auto",
        images=12,
        every_n_epochs=every,
        weights=weights,
        seed=0,
        batch_size=5,
        cache=folder / "cache",
        source=source,
        training=source.load(),
        classes=None,
        module=gan,
    )


def test_watched_or_not_the_weights_are_the_same_bit_for_bit(tmp_path: Path) -> None:
    alone = train(tmp_path / "alone", [])
    gan = make_gan()
    watched = train(
        tmp_path / "watched",
        [
            ProgressBar(every_n_batches=1, estimate_after_batches=2, module=gan),
            LossLog(every_n_batches=1, module=gan),
            ImageGrid(images=4, every_n_epochs=1, at_most=9, seed=0, module=gan),
            scorer(tmp_path, gan),
            ExactResume(module=gan),
            LastCheckpoint(every_n_epochs=1, every_n_seconds=60),
        ],
        gan,
        loggers=[CSVLog(save_dir=tmp_path / "watched")],
    )
    other = train(tmp_path / "other", [], seed=1)
    state = watched.state_dict()
    for name, value in alone.state_dict().items():
        assert torch.equal(value, state[name]), name
    name = "generator.1.weight"
    assert not torch.equal(other.state_dict()[name], state[name])
    for name in ("grids/epoch_0002.png", "metrics.csv", "manifest.csv", "last.ckpt"):
        assert (tmp_path / "watched" / name).stat().st_size > 0
    assert not (tmp_path / "alone" / "grids").exists()


@pytest.mark.parametrize(
    ("every", "epochs", "expected"),
    [
        (1, 3, [1, 2, 3]),
        (2, 5, [2, 4, 5]),
        (0, 4, [4]),
        (9, 4, [4]),
        (2, 4, [2, 4]),
        (2.5, 10, [2, 5, 7, 10]),
        # 17 / (34 / 14) is a little more than 7, 34 / (51 / 21) than 14.
        (34 / 14, 34, [2, 4, 7, 9, 12, 14, 17, 19, 21, 24, 26, 29, 31, 34]),
        (51 / 21, 51, [51 * k // 21 for k in range(1, 22)]),
    ],
)
def test_every_kth_epoch_and_the_last(every: float, epochs: int, expected: list[int]) -> None:
    class Trainer:
        max_epochs = epochs
        current_epoch = 0

    found = []
    trainer: Any = Trainer()
    for epoch in range(epochs):
        trainer.current_epoch = epoch
        if due(trainer, every):
            found.append(epoch + 1)
    assert found == expected


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (89, "89 s"), (90, "2 min"), (5399, "90 min"), (5400, "1.5 h"), (36000, "10.0 h")],
)
def test_times_are_readable(seconds: float, said: str) -> None:
    assert readable_time(seconds) == said


def watched(run: Path, *, estimate_after_batches: int, score_every: int | None = None) -> None:
    gan = make_gan()
    callbacks: list[Any] = [
        ProgressBar(every_n_batches=1, estimate_after_batches=estimate_after_batches, module=gan)
    ]
    if score_every is not None:
        callbacks.append(scorer(run.parent, gan, score_every))
    train(run, callbacks, gan)


def test_the_bar_tells_losses_and_the_whole_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watched(tmp_path / "run", estimate_after_batches=2)
    told = capsys.readouterr().err
    assert "At this speed it will take" in told
    assert "epoch 2/2" in told


def test_the_bar_fits_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A terminal that shows the bar once, at its end, and without colours.
    for name, value in (("COLUMNS", "80"), ("FORCE_COLOR", "1"), ("TERM", "dumb")):
        monkeypatch.setenv(name, value)
    watched(tmp_path / "run", estimate_after_batches=9)
    bar = capsys.readouterr().err.strip().splitlines()[-1]
    loss = r"-?\d+\.\d\d"
    losses = rf"D_real {loss} D_fake {loss} G {loss}"
    assert re.fullmatch(rf"epoch 2/2 \S+ {losses} +\d+ img/s \d:\d\d:\d\d left", bar)
    assert len(bar) == 80
    # Study A's longest: epoch 300/300, a loss of two digits before the point.
    assert len(" ".join(bar.split())) + len("300/300") - len("2/2") + 1 <= 80


def test_the_bar_says_what_takes_long(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watched(tmp_path / "run", estimate_after_batches=9, score_every=1)
    assert "scoring 12 images" in capsys.readouterr().err


def test_where_no_bar_can_move_lines_tell_how_far_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watched(tmp_path / "run", estimate_after_batches=99, score_every=0)
    told = capsys.readouterr().err.strip().splitlines()
    batches = 2 * BATCHES_PER_EPOCH
    lines = [line for line in told if re.fullmatch(r"epoch [12]/2, \d+ s left", line)]
    assert len(lines) == min(9, batches - 1)
    assert told[len(lines) :] == ["scoring 12 images"]
