from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from tiny_gan import tiny

from project.errors import UserError


def numpy_keys() -> Any:
    state: Any = np.random.get_state()
    return state[1].copy()


@pytest.mark.parametrize("weights", ["generator", "average"])
def test_generating_leaves_the_training_as_it_was(weights: str) -> None:
    gan = tiny(None, None).float()
    random, numpy_random = torch.get_rng_state(), numpy_keys()
    state = copy.deepcopy(gan.state_dict())
    modes = {name: layer.training for name, layer in gan.named_modules()}
    images = list(gan.generate(gan.sample_sources(7, seed=3), weights, 3))
    assert [len(some) for some in images] == [3, 3, 1]
    assert all(some.dtype == torch.uint8 for some in images)
    assert torch.equal(torch.get_rng_state(), random)
    assert np.array_equal(numpy_keys(), numpy_random)
    assert {name: layer.training for name, layer in gan.named_modules()} == modes
    for name, value in gan.state_dict().items():
        assert torch.equal(value, state[name]), name


def test_generating_keeps_eval_mode_too() -> None:
    gan = tiny(None, None).float().eval()
    list(gan.generate(gan.sample_sources(2, seed=3), "generator", 2))
    assert not gan.generator.training


def test_generates_what_the_named_network_makes_of_the_sources() -> None:
    gan = tiny(None, None).float()
    with torch.no_grad():
        gan.generator[0][0].bias.add_(0.7)  # type: ignore[index]
    sources = gan.sample_sources(5, seed=3)
    for weights, network in (("generator", gan.generator), ("average", gan.generator_average)):
        images = torch.cat(list(gan.generate(sources, weights, 5)))
        with torch.no_grad():
            wanted = copy.deepcopy(network).eval()(sources)
        assert torch.equal(images, wanted.add(1).mul(127.5).round().clamp(0, 255).byte())
    one = torch.cat(list(gan.generate(sources, "generator", 5)))
    other = torch.cat(list(gan.generate(sources, "average", 5)))
    assert not torch.equal(one, other)


def test_batch_size_does_not_change_the_images() -> None:
    gan = tiny(None, None).float()
    sources = gan.sample_sources(5, seed=3)
    whole = torch.cat(list(gan.generate(sources, "generator", 5)))
    parts = torch.cat(list(gan.generate(sources, "generator", 2)))
    # Another batch size may sum in another order, and round one level up instead of down.
    assert (whole.int() - parts.int()).abs().max() <= 1


def test_a_diverged_generator_is_told() -> None:
    gan = tiny(None, None).float()
    with torch.no_grad():
        gan.generator[0][0].bias.fill_(torch.nan)  # type: ignore[index]
    with pytest.raises(UserError, match="4 of 4 generated images hold NaN"):
        list(gan.generate(gan.sample_sources(4, seed=0), "generator", 4))


def test_generating_that_is_broken_off_leaves_the_training_mode() -> None:
    gan = tiny(None, None).float()
    images = gan.generate(gan.sample_sources(4, seed=0), "generator", 2)
    next(images)
    images.close()  # type: ignore[attr-defined]
    assert gan.generator.training
