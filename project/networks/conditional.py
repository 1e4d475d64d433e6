"""A generator and a discriminator that are told the class of an image."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from project.errors import UserError
from project.networks.gan_network import GANNetwork, HasFeatures, own_terms


class ConditionalGenerator(nn.Module):
    """z and weights of classes -> images: the classes' embedding is added to z.

    Args:
        network: z ``m x latent`` -> images.
        latent: length of z.
        classes: K.
    """

    def __init__(self, *, network: nn.Module, latent: int, classes: int) -> None:
        super().__init__()
        self.network = network
        self.latent = latent
        self.embedding = nn.Parameter(torch.randn(classes, latent))

    def forward(self, sources: Tensor) -> Tensor:
        """Returns images of ``m x (latent + K)`` sources: z, then 1 for its class and 0 for others.

        Between two classes is a mixture of both: the weights are brought to a sum of 1.
        """
        z, weights = sources[:, : self.latent], sources[:, self.latent :]
        share = weights / weights.sum(1, keepdim=True)
        images: Tensor = self.network(z + share @ self.embedding)
        return images


class ProjectionDiscriminator(nn.Module):
    """Images and their classes -> logits (Miyato, Koyama 2018): ``D(x) + <e_y, phi(x)>``.

    ``phi`` are the features that D's last layer reads, summed over their places.

    Args:
        network: images -> logits.
        classes: K.

    Raises:
        UserError: the network does not show its features.
    """

    def __init__(self, *, network: nn.Module, classes: int) -> None:
        super().__init__()
        if not isinstance(network, HasFeatures):
            raise UserError(
                f"{type(network).__name__} cannot be told classes: it lacks features, head and "
                "feature_channels (project/networks/gan_network.py). Leave conditional= out."
            )
        self.network = network
        self.embedding = nn.Parameter(0.02 * torch.randn(classes, network.feature_channels))

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """Returns logits, ``m``.

        Args:
            images: ``m x C x H x W``.
            labels: numbers of their classes, ``m``.
        """
        return self._logits(self.shown.features(images), labels)

    def judge_real(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns logits on real images, and by name what the network itself adds to D's loss."""
        features = self.shown.features(images)
        return self._logits(features, labels), own_terms(self.network, images, features)

    @property
    def shown(self) -> HasFeatures:
        """The network, as one that shows its features."""
        return cast(HasFeatures, self.network)

    def _logits(self, features: Tensor, labels: Tensor) -> Tensor:
        fits = (self.embedding[labels] * features.flatten(2).sum(2)).sum(1)
        return self.shown.head(features) + fits


class ConditionalNetwork(NamedTuple):
    """A GAN's networks that are told classes.

    Attributes:
        generator: z and weights of classes -> images.
        discriminator: images and classes -> logits.
        latent: length of z.
    """

    generator: ConditionalGenerator
    discriminator: ProjectionDiscriminator
    latent: int


def told(network: GANNetwork, classes: int) -> ConditionalNetwork:
    """Returns networks that are told which of so many classes an image is of."""
    return ConditionalNetwork(
        ConditionalGenerator(network=network.generator, latent=network.latent, classes=classes),
        ProjectionDiscriminator(network=network.discriminator, classes=classes),
        network.latent,
    )
