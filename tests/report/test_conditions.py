"""Which condition a run belongs to, and what it is called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from run_folders import config_of, write_run

from project.cli.compose import load_config, plain
from project.report.conditions import Condition, condition_of, settle
from project.report.runs import Run, read_run


def conditions(*configs: dict[str, object]) -> list[Condition]:
    runs = [Run(Path(str(i)), "finished", config=config) for i, config in enumerate(configs)]
    return [condition_of(run) for run in runs]


@pytest.mark.parametrize(
    ("config", "label"),
    [
        (config_of(), "none"),
        (config_of(size=500), "none"),
        (config_of(kinds=["flip"]), "flip"),
        (config_of(kinds=["flip"], size=60), "flip"),
        (config_of(kinds=["flip"], size=120), "flip, 120 DA"),
        (config_of(kinds=["flip", "gen"]), "flip+gen 1:1"),
        (config_of(kinds=["flip", "gen"], ratio="1:3", size=120), "flip+gen 1:3, 120 DA"),
    ],
)
def test_label(config: dict[str, object], label: str) -> None:
    assert conditions(config)[0].label == label


def test_modes_of_a_kind_are_conditions_of_their_own() -> None:
    offline, online = config_of(kinds=["flip"]), config_of(kinds=["flip"])
    online["da"] = {**online["da"], "mode": "online", "p": 0.5}  # type: ignore[dict-item]
    same, other = conditions(offline, online)
    assert (same.label, other.label) == ("flip", "flip online, p 0.5")
    # Nothing joins the originals where kinds are drawn anew.
    assert (same.da_size, other.da_size) == (60, 0)
    assert same.study == other.study


def test_seeds_share_a_condition_and_nothing_else_does() -> None:
    first, second = conditions(config_of(kinds=["flip"]), config_of(kinds=["flip"], seed=1))
    assert first == second
    others = [
        config_of(kinds=["flip"], size=120),
        config_of(kinds=["vflip"]),
        config_of(kinds=["flip"], data="CelebA"),
        config_of(kinds=["flip"], epochs=3),
    ]
    assert len({first, *conditions(*others)}) == 5


def test_a_study_holds_all_policies_of_one_data_set() -> None:
    found = conditions(
        config_of(), config_of(kinds=["flip"], size=120), config_of(kinds=["flip"], data="Pets")
    )
    assert found[0].study == found[1].study != found[2].study
    assert [condition.data for condition in found] == ["drawn faces", "drawn faces", "Pomeranian"]


def test_where_things_are_makes_no_condition() -> None:
    config = config_of()
    config["paths"] = {"outputs": "elsewhere"}
    config["data"] = {**config["data"], "root": "elsewhere"}
    assert conditions(config) == conditions(config_of())


def test_studies_are_told_apart_in_words() -> None:
    short, long = settle(conditions(config_of(), config_of(epochs=9)))
    assert short.settings == "n=60, size=32, epochs=2"
    assert long.settings == "n=60, size=32, epochs=9"


def test_without_a_config_the_words_decide(tmp_path: Path) -> None:
    words = ["da=[flip,gen]", "ratio=1:3", "n=60", "paths.outputs=x"]
    one = write_run(tmp_path, "a", overrides=["seed=1", *words])
    two = write_run(tmp_path, "b", overrides=[*words, "seed=2"])
    for folder in (one, two):
        (folder / "config.yaml").unlink()
    first, second = (condition_of(read_run(folder)) for folder in (one, two))
    assert first == second
    assert first.label == "flip+gen 1:3"


@pytest.mark.parametrize("da", [None, [], {"kinds": None}, {"kinds": {"flip": 1}, "size": [1]}])
def test_an_odd_config_is_no_crash(da: object) -> None:
    (condition,) = conditions({**config_of(), "da": da})
    assert condition.label in ("none", "flip")
    deep: dict[str, object] = {}
    for _ in range(3000):
        deep = {"x": deep}
    (condition,) = conditions({**config_of(), "deep": deep})
    assert replace(condition, study=()).label == "none"


def test_a_run_without_a_result_joins_its_neighbours() -> None:
    config = {**config_of(kinds=["flip"]), "n": None}
    whole = Run(Path("a"), "finished", config=config, result={"data": {"images": 2000}})
    gone = Run(Path("b"), "missing", config=config)
    first, second = settle([condition_of(whole), condition_of(gone)])
    assert first == second
    assert first.da_size == 2000


def test_what_a_run_leaves_today_is_compared_by_its_augmentation(tmp_path: Path) -> None:
    def condition(*words: str) -> Condition:
        config = plain(load_config("config", ["experiment=da_faces", *words]))
        return condition_of(Run(tmp_path, "finished", config=config))

    base = condition("da=none")
    for words in (["da=flip"], ["da=flip", "seed=3", "sweep.condition=x", "logger=csv"]):
        other = condition(*words, "trainer=cpu", "callbacks.grid.images=9")
        assert other.study == base.study
        assert other.label == "flip"
    for word in ("size=64", "epochs=7", "n=50", "network.latent=8", "data.seed=1"):
        assert condition("da=none", word).study != base.study


def test_gans_of_a_sweep_are_compared_with_the_studys(tmp_path: Path) -> None:
    def condition(
        words: str, network: str, kinds: tuple[str, ...] = (), batch: int = 64
    ) -> Condition:
        config = config_of(kinds=kinds)
        config["datamodule"] = {"batch_size": batch}
        config |= {"module": {"network": {"_target_": network}, "average_decay": 0.9}}
        del config["unhashed"]
        told = {"sweep": {"name": "da_faces_gans", "condition": words}}
        return condition_of(Run(tmp_path, "finished", result=told, config=config))

    study = condition("gan=study", "DCGAN")
    modern = condition("gan=modern loss=bce da=flip", "FastGAN", ("flip",), batch=8)
    assert study.study == modern.study
    assert condition("gan=study_small", "DCGAN").is_baseline
    assert (study.is_baseline, modern.is_baseline) == (True, False)
    assert modern.label == "gan=modern loss=bce da=flip"
    # What is a part of it is not told.
    assert condition("gan=modern", "FastGAN", ("flip",)).label == "gan=modern"
    assert study.order < modern.order
    # The modern one without augmentation is no baseline of the study's.
    assert not condition("gan=modern da=none", "FastGAN").is_baseline
    # Batches may be a part of a GAN; where no GAN is chosen, DA is compared within their size.
    small, large = (
        condition(f"da=flip datamodule.batch_size={size}", "DCGAN", ("flip",), batch=size)
        for size in (16, 64)
    )
    assert small.study != large.study
    assert small.label == large.label == "flip"
    # Elsewhere another network is another study.
    other = condition("da=flip", "FastGAN", ("flip",))
    assert other.study != condition("da=none", "DCGAN").study
