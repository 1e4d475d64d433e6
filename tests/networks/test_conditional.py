from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from project.errors import UserError
from project.networks.conditional import ConditionalGenerator, ProjectionDiscriminator, told
from project.networks.dcgan import DCGAN


class Plane(nn.Module):
    """A D whose features are the image itself, and whose last layer is their sum."""

    feature_channels = 2

    def features(self, images: Tensor) -> Tensor:
        return images

    def head(self, features: Tensor) -> Tensor:
        return features.flatten(1).sum(1)


def test_projection_by_hand() -> None:
    network = ProjectionDiscriminator(network=Plane(), classes=2)
    with torch.no_grad():
        network.embedding.copy_(torch.tensor([[1.0, 0.0], [10.0, -1.0]]))
    # Two channels of 1 x 2 pixels: sums 3 and 7, so D(x) = 10.
    images = torch.tensor([[[[1.0, 2.0]], [[3.0, 4.0]]]]).repeat(2, 1, 1, 1)
    logits = network(images, torch.tensor([0, 1]))
    assert logits.tolist() == [10 + 3, 10 + 30 - 7]


def test_without_an_embedding_labels_say_nothing() -> None:
    dcgan = DCGAN(size=32, channels=3, latent=5, base_channels=2).eval()
    network = ProjectionDiscriminator(network=dcgan.discriminator, classes=3).eval()
    nn.init.zeros_(network.embedding)
    images = torch.rand(4, 3, 32, 32)
    wanted = dcgan.discriminator(images)
    for label in range(3):
        assert torch.equal(network(images, torch.full((4,), label)), wanted)


def test_a_class_moves_z() -> None:
    network = ConditionalGenerator(network=nn.Identity(), latent=2, classes=2)
    with torch.no_grad():
        network.embedding.copy_(torch.tensor([[1.0, 2.0], [10.0, 20.0]]))
    sources = torch.tensor([[0.5, 0.5, 1.0, 0.0], [0.5, 0.5, 0.0, 1.0], [0.0, 0.0, 2.0, 2.0]])
    # The last is a mixture of both, whatever its weights add up to.
    assert network(sources).tolist() == [[1.5, 2.5], [10.5, 20.5], [5.5, 11.0]]


def test_both_are_told_and_trained() -> None:
    network = told(DCGAN(size=32, channels=3, latent=5, base_channels=2), 3)
    labels = torch.tensor([0, 2])
    z = torch.randn(2, 5)
    images = network.generator(torch.cat([z, nn.functional.one_hot(labels, 3).float()], dim=1))
    assert images.shape == (2, 3, 32, 32)
    network.discriminator(images, labels).sum().backward()
    for embedding in (network.generator.embedding, network.discriminator.embedding):
        assert embedding.grad is not None
        # Of the class that was not there, nothing is learned.
        assert embedding.grad.abs().sum(1).gt(0).tolist() == [True, False, True]


def test_a_network_without_features_is_refused() -> None:
    with pytest.raises(UserError, match="Sequential cannot be told classes: it lacks features"):
        ProjectionDiscriminator(network=nn.Sequential(), classes=2)
