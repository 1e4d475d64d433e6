from __future__ import annotations

import pytest
import torch

from project.networks.attribute_classifiers import AttributeA, AttributeB, AttributeNet

NETS = [(AttributeA, 64), (AttributeB, 80)]


@pytest.mark.parametrize("size", [32, 64, 128])
@pytest.mark.parametrize(("net", "width"), NETS)
def test_features_and_a_logit_for_each_attribute(
    net: type[AttributeNet], width: int, size: int
) -> None:
    network = net(further=()).eval()  # type: ignore[call-arg]
    images = torch.rand(3, 3, size, size)
    features = network.features(images)
    assert features.shape == (3, width)
    assert torch.equal(network.head(features), network(images))
    assert network(images).shape == (3, 2)


def test_the_two_are_of_two_architectures() -> None:
    kinds = [
        [type(layer).__name__ for layer in net(further=()).features]  # type: ignore[call-arg]
        for net, _ in NETS
    ]
    assert kinds[0] != kinds[1]
