"""What the networks of a GAN are, and what a discriminator may be besides images -> logits."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import Tensor, nn


class GANNetwork(Protocol):
    """A generator and a discriminator that start from noise."""

    @property
    def generator(self) -> nn.Module:
        """Sources ``m x S`` -> images ``m x C x H x W`` in [-1, 1]."""

    @property
    def discriminator(self) -> nn.Module:
        """Images -> logits ``m``."""

    @property
    def latent(self) -> int:
        """Length of z."""


@runtime_checkable
class HasFeatures(Protocol):
    """A D whose last layer can be replaced: ``D(x) = head(features(x))``."""

    feature_channels: int

    def features(self, images: Tensor) -> Tensor:
        """Returns what the last layer reads, ``m x feature_channels x h x w``."""

    def head(self, features: Tensor) -> Tensor:
        """Returns logits, ``m``."""


@runtime_checkable
class LearnsFromReal(HasFeatures, Protocol):
    """A D with addends of its own in its loss."""

    def own_terms(self, images: Tensor, features: Tensor) -> dict[str, Tensor]:
        """Returns the addends by name, from real images and their features."""


@runtime_checkable
class JudgesReal(Protocol):
    """What stands around a D that may have addends of its own."""

    def judge_real(self, images: Tensor, *labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns logits on real images, and the addends by name."""


def own_terms(network: object, images: Tensor, features: Tensor) -> dict[str, Tensor]:
    """Returns by name what a D itself adds to its loss, if it does."""
    return network.own_terms(images, features) if isinstance(network, LearnsFromReal) else {}


def judge_real(
    network: nn.Module, images: Tensor, *labels: Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """Returns D's logits on real images, and by name what D itself adds to its loss.

    Args:
        network: D.
        images: ``m x C x H x W``.
        labels: ``m``, where D knows classes.
    """
    if isinstance(network, JudgesReal):
        return network.judge_real(images, *labels)
    if isinstance(network, LearnsFromReal):
        # One pass for both.
        features = network.features(images)
        return network.head(features), network.own_terms(images, features)
    return network(images, *labels), {}
