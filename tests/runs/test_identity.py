from __future__ import annotations

import re

import pytest
from omegaconf import DictConfig, OmegaConf

from project.cli.compose import load_config
from project.runs.identity import config_hash

WORDS = ["experiment=da_faces", "da=flip_gen"]


def hash_of(*words: str, data: str = "images") -> str:
    return config_hash(load_config("config", [*WORDS, *words]), data)


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


def small(text: str) -> DictConfig:
    config = OmegaConf.create(text)
    assert isinstance(config, DictConfig)
    return config


def test_the_order_of_keys_does_not_matter() -> None:
    one = small("{a: 1, b: {c: 2, d: 3}, unhashed: [x]}")
    other = small("{b: {d: 3, c: 2}, a: 1, unhashed: [x, y.z]}")
    assert config_hash(one, "") == config_hash(other, "")


def test_a_section_that_is_not_there_is_no_fault() -> None:
    with_one = small("{a: 1, b: {c: 2, d: 3}, unhashed: [b.c, q.r.s, t]}")
    without = small("{a: 1, b: {d: 3}, unhashed: [b.c]}")
    assert config_hash(with_one, "") == config_hash(without, "")
    assert config_hash(small("{a: 1, b: null, unhashed: [b.c]}"), "")


def test_the_config_stays_as_it_was() -> None:
    config = small("{a: '${b.c}', b: {c: 2}, unhashed: [b.c]}")
    before = OmegaConf.to_container(config)
    config_hash(config, "")
    assert OmegaConf.to_container(config) == before


@pytest.mark.parametrize("experiment", ["two_feature_joint", "attribute_classifier"])
def test_a_feature_without_a_sign_is_the_feature_with_plus(experiment: str) -> None:
    words = [f"experiment={experiment}", "features=[+Smiling,-Bald]"]
    signed = config_hash(load_config("config", words), "images")
    plain, other = (
        config_hash(load_config("config", [words[0], f"features={both}"]), "images")
        for both in ("[Smiling,-Bald]", "[-Smiling,-Bald]")
    )
    assert signed == plain != other
