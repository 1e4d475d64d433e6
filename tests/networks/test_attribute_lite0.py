from __future__ import annotations

import pytest
import torch
from hydra.errors import InstantiationException
from hydra.utils import instantiate

from project.cli.compose import load_config
from project.networks.attribute_lite0 import AttributeLite0

LITE0 = ["experiment=attribute_classifier_photographs", "network=attribute_lite0"]


@pytest.fixture(scope="module")
def network() -> AttributeLite0:
    words = [*LITE0, "further=[Goatee]", "network.width=6"]
    torch.manual_seed(0)
    found: AttributeLite0 = instantiate(load_config("config", words).network)
    return found


@pytest.mark.parametrize("size", [32, 64])
def test_features_and_logits_of_the_two_and_the_further(network: AttributeLite0, size: int) -> None:
    images = torch.rand(3, 3, size, size)
    features = network.eval().features(images)
    assert features.shape == (3, 6)
    assert network(images).shape == (3, 3)
    assert torch.equal(network.head(features), network(images))


@pytest.mark.parametrize("blocks", [[0, 5], [], [5, 16]])
def test_blocks_that_are_not_there(blocks: list[int]) -> None:
    words = [*LITE0, f"network.blocks={blocks}"]
    with pytest.raises(InstantiationException, match="some of the numbers 1 to 15"):
        instantiate(load_config("config", words).network)


def test_a_mirror_image_has_the_same_attributes(network: AttributeLite0) -> None:
    images = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(network.eval()(images), network(images.flip(3)))


def test_its_first_layers_begin_as_imagenet_left_them_and_are_trained(
    network: AttributeLite0,
) -> None:
    pretrained = instantiate(load_config("config", LITE0).network.pretrained)
    whole = pretrained.load("cpu").network
    middle = network.features[0]
    assert torch.equal(middle.stem.weight, whole._conv_stem.weight)
    assert torch.equal(middle.last.weight, whole._blocks[8]._expand_conv.weight)
    network.train()(torch.rand(4, 3, 64, 64)).sum().backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None, name
    assert middle.stem.weight.grad.abs().max() > 0
