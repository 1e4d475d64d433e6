from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from project.callbacks.schedule import due
from project.cli.checks import check_words
from project.cli.compose import load_config, plain
from project.errors import UserError
from project.report.conditions import condition_of
from project.report.runs import Run
from project.runs.preflight import check

WORDS = ["experiment=da_faces", "n=100", "logger=csv"]


def checked(*words: str) -> Any:
    config = load_config("config", [*WORDS, *words])
    return config, check(config)


@pytest.mark.parametrize(
    ("words", "epochs"),
    [
        (["da=none"], 205),
        (["da=flip"], 102),
        (["da=flip_gen", "da.size=200"], 68),
    ],
)
def test_sets_of_any_size_are_shown_as_many_images(
    words: list[str], epochs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config, _ = checked(*words, "kimg=20.5")
    assert (config.epochs, config.trainer.max_epochs) == (epochs, epochs)

    class Trainer:
        max_epochs = epochs
        current_epoch = 0

    trainer: Any = Trainer()
    scored = []
    for trainer.current_epoch in range(epochs):
        if due(trainer, config.callbacks.score.every_n_epochs):
            scored.append(trainer.current_epoch + 1)
    # Three times; the longest that all have trained, 68 epochs, is among them.
    assert len(scored) == 3
    assert {68, epochs} <= set(scored)


def test_the_gan_behind_gen_has_the_same_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config, inputs = checked("da=gen", "kimg=20.5")
    generator = inputs.prerequisites["generator"].config
    alone, none = checked("da=none", "kimg=20.5")
    assert inputs.needs == {none.config_hash}
    check(generator)
    assert (config.epochs, generator.epochs) == (102, alone.epochs)


def test_a_budget_is_one_study_whatever_the_epochs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    conditions = []
    for da in ("none", "flip"):
        config, _ = checked(f"da={da}", "kimg=20.5")
        conditions.append(condition_of(Run(tmp_path, "finished", config=plain(config))))
    assert conditions[0].study == conditions[1].study


def test_one_of_both_says_how_long() -> None:
    words = [*WORDS, "kimg=5", "epochs=3"]
    with pytest.raises(UserError, match="kimg= and epochs= both say how long"):
        check_words(load_config("config", words), words)


def test_a_budget_is_a_number_above_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="kimg=0 is not allowed"):
        checked("kimg=0")


def test_channels_of_a_network_that_makes_no_images_are_its_own() -> None:
    """EfficientNet-Lite0 keeps 64 channels of photographs that have 3."""
    words = ["experiment=attribute_classifier_photographs", "network=attribute_lite0"]
    config = load_config("config", [*words, "further=[]", "data=faces", "logger=csv"])
    assert config.network.channels == 64
    assert check(config).source.channels == 3
