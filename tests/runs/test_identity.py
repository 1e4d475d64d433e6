from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
from data_layouts import write_image, write_txt_lists
from hydra.utils import get_object
from omegaconf import OmegaConf

from project.cli.compose import load_config
from project.runs.identity import MOVED, config_hash, config_of
from project.runs.preflight import check

WORDS = ["experiment=da_faces", "da=flip_gen"]


def hash_of(*words: str, data: str = "images") -> str:
    return config_hash(load_config("config", [*WORDS, *words]), data, {})


@pytest.fixture(scope="module")
def base() -> str:
    return hash_of()


def test_is_16_hexadecimal_digits_and_stable(base: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", base)
    assert hash_of() == base


@pytest.mark.parametrize(
    "words",
    [
        ["paths.outputs=elsewhere"],
        ["paths.data=elsewhere"],
        ["resume=some/run"],
        ["logger=none"],
        ["logger.wandb.project=other"],
        ["callbacks.score.every_n_epochs=7"],
        ["callbacks.grid.images=9"],
        ["scored_images=50"],
        ["backbone=inception_v3"],
        ["trainer.accelerator=cpu"],
        ["trainer.devices=2"],
        ["trainer.num_nodes=2"],
        ["trainer.capture=off"],
        ["trainer.enable_progress_bar=true"],
        # The images themselves are in the fingerprint.
        ["data.seed=5"],
        ["data=digits"],
    ],
    ids=" ".join,
)
def test_what_does_not_change_the_weights_is_left_out(base: str, words: list[str]) -> None:
    assert hash_of(*words) == base


@pytest.mark.parametrize(
    "words",
    [
        ["seed=1"],
        ["size=64"],
        ["epochs=61"],
        ["da=flip"],
        ["da=none"],
        ["da.size=5"],
        ["da.seed=5"],
        ["ratio=1:3"],
        ["da=contrast", "da.kinds.contrast.factor=2"],
        ["network.base_channels=8"],
        ["network.latent=8"],
        ["module.average_decay=0.5"],
        ["module.d_optimizer.lr=1e-3"],
        ["datamodule.batch_size=8"],
        ["trainer.precision=bf16-mixed"],
        ["trainer.limit_train_batches=2"],
        ["trainer.deterministic=true"],
    ],
    ids=" ".join,
)
def test_what_changes_the_weights_changes_the_hash(base: str, words: list[str]) -> None:
    assert hash_of(*words) != base


def test_the_images_change_the_hash(base: str) -> None:
    assert hash_of(data="other images") != base


def test_a_prerequisite_changes_the_hash() -> None:
    config = load_config("config", WORDS)
    hashes = {config_hash(config, "images", needed) for needed in ({}, {"D_1": "a"}, {"D_1": "b"})}
    assert len(hashes) == 3


def test_the_order_of_keys_does_not_matter() -> None:
    one = load_config("config", ["experiment=da_faces", "size=64", "seed=3"])
    other = load_config("config", ["seed=3", "size=64", "experiment=da_faces"])
    assert config_hash(one, "", {}) == config_hash(other, "", {})


def test_the_config_stays_as_it_was() -> None:
    config = load_config("config", WORDS)
    before = OmegaConf.to_container(config)
    config_hash(config, "", {})
    assert OmegaConf.to_container(config) == before


@pytest.mark.parametrize(
    ("words", "learns_labels"),
    [
        (["experiment=two_feature_detector"], True),
        (["experiment=da_celeba", "backbone=efficientnet_lite0"], False),
    ],
    ids=str,
)
def test_other_labels_are_another_run_where_labels_are_learned(
    words: list[str], learns_labels: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "data/celeba"
    names = [f"{number:06d}.jpg" for number in range(1, 41)]
    for number, name in enumerate(names):
        write_image(root / "img_align_celeba" / name, number)
    write_txt_lists(root, names, [0] * len(names))
    small = (*words, "data=celeba", "n=null", "size=32", "datamodule.batch_size=4")
    before = checked.__wrapped__(*small)
    file = root / "list_attr_celeba.txt"
    *others, last = file.read_text().splitlines()
    swapped = last.replace("-1", "+").replace(" 1", "-1").replace("+", " 1")
    file.write_text("\n".join([*others, swapped]) + "\n")
    assert (checked.__wrapped__(*small) != before) is learns_labels


@functools.cache
def checked(*words: str) -> str:
    return check(load_config("config", words)).config_hash


SMALL = ("data=faces", "data.total=600", "size=32", "network.base_channels=4", "logger=csv")
JOINT = ("experiment=two_feature_joint", *SMALL, "stages.plan.warm_up.until=100", "epochs=300")
TUNED = ("experiment=two_feature_joint_tuned", *SMALL, "exclude_both=true")


@pytest.mark.parametrize(
    "words",
    [
        # Values that the experiment has anyhow, which a hash over the command line took for others.
        ["network=dcgan_tuned", "module.R1=1.0"],
        ["D_epochs=24"],
        ["features=[-No_Beard,Bald]"],
        ["judges.attribute_a.set.seed=7"],
        ["scored_images=9", "score_every=7"],
        ["logger=none", "trainer=cpu"],
    ],
    ids=" ".join,
)
def test_two_ways_of_writing_the_same_run_share_a_hash(
    words: list[str], shared_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared_folder)
    assert checked(*TUNED, *words) == checked(*TUNED)


@pytest.mark.parametrize(
    ("base", "words"),
    [
        (TUNED, ["network=dcgan_resize"]),
        (TUNED, ["D_epochs=23"]),
        (TUNED, ["D_1_eps=3.0"]),
        (TUNED, ["D_2_eps=4.0"]),
        (TUNED, ["datamodule.batch_size=32"]),
        (TUNED, ["exclude_both=false"]),
        (TUNED, ["features=[+Smiling,+Bald]"]),
        (JOINT, ["D_epochs=7"]),
        (JOINT, ["module.d_optimizer.lr=1e-3"]),
        (JOINT, ["module.R1=1.0"]),
        (JOINT, ["module.g_optimizer.lr=1e-3"]),
        (JOINT, ["network.base_channels=8"]),
        (JOINT, ["n=500"]),
        (JOINT, ["seed=1"]),
        (JOINT, ["trainer.precision=bf16-mixed"]),
        (JOINT, ["data.pool_seed=1"]),
    ],
    ids=lambda value: " ".join(value)[:60],
)
def test_whatever_changes_a_needed_run_changes_the_hash(
    base: tuple[str, ...], words: list[str], shared_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared_folder)
    assert checked(*base, *words) != checked(*base)


@pytest.mark.parametrize("experiment", ["two_feature_joint", "attribute_classifier"])
def test_a_feature_without_a_sign_is_the_feature_with_plus(experiment: str) -> None:
    words = [f"experiment={experiment}", "features=[+Smiling,-Bald]"]
    signed = config_hash(load_config("config", words), "images", {})
    plain, other = (
        config_hash(load_config("config", [words[0], f"features={both}"]), "images", {})
        for both in ("[Smiling,-Bald]", "[-Smiling,-Bald]")
    )
    assert signed == plain != other


@pytest.mark.parametrize("old", MOVED)
def test_classes_of_the_first_layout_are_found_where_they_went(old: str, tmp_path: Path) -> None:
    section = {"network": {"_target_": old, "size": 3}, "other": [{"_target_": "project.x.Y"}]}
    OmegaConf.save(OmegaConf.create({"data": section}), tmp_path / "config.yaml")
    assert config_of(tmp_path).data == {
        "network": {"_target_": MOVED[old], "size": 3},
        "other": [{"_target_": "project.x.Y"}],
    }
    assert get_object(MOVED[old]).__name__ == old.rpartition(".")[2]
