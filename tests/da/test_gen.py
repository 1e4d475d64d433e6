from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from original_images import make_originals, make_policy

from project.da.gen import Gen
from project.modules.gan import GANModule
from project.networks.dcgan import DCGAN
from project.runs.generating import RunGenerator, generate_images
from project.runs.trained import load_module

NETWORK = {"size": 32, "channels": 3, "latent": 5, "base_channels": 2}
ADAM = {"_target_": "torch.optim.Adam", "_partial_": True, "lr": 1e-3}


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder whose generator and moving average differ."""
    folder = tmp_path_factory.mktemp("runs") / "2000-01-01_da=none"
    folder.mkdir()
    config = {
        "module": {
            "_target_": "project.modules.gan.GANModule",
            "network": {"_target_": "project.networks.dcgan.DCGAN", **NETWORK},
            "d_optimizer": ADAM,
            "g_optimizer": ADAM,
            "average_decay": 0.9,
        }
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network, other = DCGAN(**NETWORK), DCGAN(**NETWORK)
    none: dict[str, Any] = dict.fromkeys(("classes", "loss", "da", "d_optimizer", "g_optimizer"))
    module = GANModule(network=network, penalties={}, average_decay=0.9, **none)
    module.generator_average.load_state_dict(other.generator.state_dict())
    torch.save({"state_dict": module.state_dict()}, folder / "last.ckpt")
    return folder


def test_draws_the_generators_own_images(finished_run: Path) -> None:
    originals = make_originals(4, size=32)
    made = Gen().draw(originals, 6, np.random.default_rng(3), RunGenerator(finished_run))
    assert made.sources == tuple(f"z[{i}]" for i in range(6))
    assert {row["run"] for row in made.parameters} == {finished_run.name}
    seed = made.parameters[0]["seed"]
    assert len(made.parameters) == 6
    assert isinstance(seed, int)
    module = load_module(finished_run)
    z = torch.randn(6, 5, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        by_hand = module.generator.eval()(z).add(1).mul(127.5).round().clamp(0, 255).byte()
    assert np.array_equal(made.images, by_hand.numpy())
    average = generate_images(finished_run, count=6, seed=seed, weights="average")
    assert not np.array_equal(made.images, average)


def test_another_draw_is_other_noise(finished_run: Path) -> None:
    originals, runs = make_originals(4, size=32), RunGenerator(finished_run)
    a, b, c = (Gen().draw(originals, 3, np.random.default_rng(s), runs) for s in (0, 0, 1))
    assert np.array_equal(a.images, b.images)
    assert not np.array_equal(a.images, c.images)


def test_a_joined_set_can_be_made_again_from_its_manifest(finished_run: Path) -> None:
    policy = make_policy({"gen": Gen()})
    joined = policy.join(make_originals(4, size=32), RunGenerator(finished_run))
    row = joined.manifest[-1]
    seed = json.loads(row.parameters)["seed"]
    images = generate_images(finished_run, count=4, seed=seed, weights="generator")
    assert (row.kind, row.source) == ("gen", "z[3]")
    assert np.array_equal(joined.images[4:], images)
