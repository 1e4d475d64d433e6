"""The benchmark of a card, as far as it goes without one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks import alternate, at_once, gan_step, gpu

TINY = (32, 2)  # pixels, base channels


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_without_a_card_it_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert gpu.rows() == []
    assert "no CUDA device" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_several_gans_in_one_process() -> None:
    rates = at_once.in_streams(TINY, [1, 2], "cpu", 0.01)
    assert list(rates) == [1, 2]
    assert all(images > 0 for images in rates.values())


def test_the_real_path_takes_turns_with_the_plain_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plain = gan_step.plain_loop(*TINY, False, "cpu")
    settled: list[int] = []
    turns = alternate.TakeTurns(plain, 10, 1, lambda: settled.append(1))
    words = ["size=32", "network.base_channels=2", "trainer=cpu", "backbone=efficientnet_lite0"]
    rounds = gan_step.train(words, turns, 2)
    assert len(rounds.ours) == len(rounds.theirs) == 2
    assert len(settled) == 2 * 3
    assert set(gpu.summary(gpu.ratios(rounds))) == {"median", "min", "max"}


def test_many_at_once_are_set_against_the_plain_loop() -> None:
    plain = {"plain beside captured bf16": {"median": 100.0}}
    found: dict[str, Any] = {"images_per_second": {"64/32": plain}}
    table = gpu.told_at_once(found, (64, 32), "streams", {4: 640.0, 12: 960.0})
    assert [row[3] for row in table] == ["6.40", "9.60"]
    assert [row[4] for row in table] == ["-", "8.0"]
    assert found["images_per_second"]["64/32"]["12 streams bf16"] == 960


def test_every_word_of_it_is_one_of_the_project() -> None:
    from project.cli.compose import load_config

    for words in gpu.WAYS.values():
        load_config("config", ["experiment=da_faces", "trainer=gpu", *words])
