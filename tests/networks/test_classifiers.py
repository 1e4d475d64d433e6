from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from project.errors import UserError
from project.networks.classifiers import ClassifierConv, ClassifierLinear, ClassifierRobust

PARAMETERS: dict[tuple[type, int], int] = {
    (ClassifierLinear, 10): 1_863_690,
    (ClassifierConv, 10): 827_274,
    # Layer by layer, the noise label counted.
    (ClassifierRobust, 11): 888 + 6_944 + 200_832 + 1_419,
}
each = pytest.mark.parametrize("network", [ClassifierLinear, ClassifierConv, ClassifierRobust])


def build(network: Any, *, size: int = 28, classes: int = 10) -> nn.Sequential:
    torch.manual_seed(1)
    built = network(size=size, classes=classes)
    assert isinstance(built, nn.Sequential)
    return built


@pytest.mark.parametrize(("network", "classes"), PARAMETERS)
def test_parameters(network: type, classes: int) -> None:
    built = build(network, classes=classes)
    assert sum(p.numel() for p in built.parameters()) == PARAMETERS[network, classes]


@each
@pytest.mark.parametrize("classes", [10, 11])
def test_logits_are_one_per_class(network: type, classes: int) -> None:
    logits = build(network, classes=classes)(torch.rand(3, 1, 28, 28))
    assert logits.shape == (3, classes)
    # Logits, not probabilities.
    assert (logits < 0).any()


@each
def test_every_pixel_is_seen(network: type) -> None:
    images = torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    images.requires_grad_(True)
    (gradient,) = torch.autograd.grad(build(network)(images).square().sum(), images)
    assert (gradient.abs().sum(0) > 0).all()


@each
def test_an_image_has_its_own_logits(network: type) -> None:
    built, images = build(network), torch.rand(4, 1, 28, 28)
    torch.testing.assert_close(built(images)[:1], built(images[:1]), rtol=1e-4, atol=1e-5)


@each
def test_another_size_is_refused(network: type) -> None:
    with pytest.raises(UserError, match=r"size=32 .* Allowed: size=28"):
        build(network, size=32)


@each
def test_no_argument_has_a_default(network: Any) -> None:
    with pytest.raises(TypeError, match="classes"):
        network(size=28)


def test_nothing_stands_between_the_conv_classifiers_last_two_layers() -> None:
    assert [type(layer) for layer in list(build(ClassifierConv))[-2:]] == [nn.Linear, nn.Linear]
