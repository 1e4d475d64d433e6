"""Loading what the real program has trained, at its smallest."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from project.errors import UserError
from project.run import main
from project.runs.trained import load_generator, load_module, load_test_images

TINY = ["trainer=cpu", "logger=csv", "epochs=1", "trainer.limit_train_batches=2"]
FACES = ["data=faces", "data.total=120", "data.p_bald=0.4", "data.p_beard=0.5", "size=32"]
# Rebuilt from nothing, from the task, from a network of which half is left out, and a GAN.
RUNS = {
    "digit_judge": ["data=digits"],
    "attribute_classifier": FACES,
    "two_feature_detector": [*FACES, "feature=Bald", "datamodule.batch_size=16"],
    "da_faces": ["n=16", "size=32", "scored_images=10", "score_every=0"],
}
SMALL = {
    "two_feature_detector": ["network.base_channels=4"],
    "da_faces": ["network.base_channels=4", "callbacks.grid.images=4"],
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("runs")
    found = {}
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(home)
        monkeypatch.setenv("WANDB_MODE", "offline")
        for experiment, words in RUNS.items():
            given = [f"experiment={experiment}", *TINY, *words, *SMALL.get(experiment, [])]
            monkeypatch.setattr(sys, "argv", ["project", *given])
            main()
            (result,) = (home / "outputs" / experiment).glob("*/result.json")
            found[experiment] = result.parent
    return found


def random_states() -> tuple[Any, ...]:
    name, keys, *rest = np.random.get_state()
    return random.getstate(), name, bytes(keys), rest, torch.get_rng_state().tolist()  # type: ignore[arg-type]


@pytest.mark.parametrize("experiment", RUNS)
def test_loading_a_run_leaves_the_random_states_as_they_were(
    runs: dict[str, Path], experiment: str
) -> None:
    torch.manual_seed(123)
    before = random_states()
    load_module(runs[experiment])
    assert random_states() == before
    assert torch.initial_seed() == 123
    drawn = torch.rand(8)
    torch.manual_seed(123)
    assert torch.equal(drawn, torch.rand(8))


@pytest.mark.parametrize("experiment", RUNS)
def test_a_loaded_module_has_the_last_weights_and_is_frozen(
    runs: dict[str, Path], experiment: str
) -> None:
    saved = torch.load(runs[experiment] / "last.ckpt", weights_only=True)["state_dict"]
    states = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        module = load_module(runs[experiment])
        states.append(module.state_dict())
        assert not any(layer.training for layer in module.modules())
        assert not any(parameter.requires_grad for parameter in module.parameters())
    for state in states:
        assert state.keys() == saved.keys()
        assert all(torch.equal(value, saved[name]) for name, value in state.items())


def test_a_generator_is_asked_for_images_and_nothing_else_is(runs: dict[str, Path]) -> None:
    gan = load_generator(runs["da_faces"])
    (images,) = gan.generate(gan.sample_sources(3, 0), "generator", 3)
    assert (images.shape, images.dtype) == ((3, 3, 32, 32), torch.uint8)
    with pytest.raises(UserError, match="has no generator: it is a run of another kind of study"):
        load_generator(runs["two_feature_detector"])


def test_the_test_images_are_those_of_the_runs_data(runs: dict[str, Path]) -> None:
    testing = load_test_images(runs["digit_judge"])
    assert testing.images.shape == (360, 1, 28, 28)
