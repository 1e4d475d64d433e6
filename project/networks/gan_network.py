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
class LearnsFromReal(Protocol):
    """A D with addends of its own in its loss, out of the same pass."""

    def on_real(self, images: Tensor, *labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns logits on real images, and the addends by name."""


@runtime_checkable
class HasFeatures(Protocol):
    """A D whose last layer can be replaced: ``D(x) = head(features(x))``."""

    feature_channels: int

    def features(self, images: Tensor) -> Tensor:
        """Returns what the last layer reads, ``m x feature_channels x h x w``."""

    def head(self, features: Tensor) -> Tensor:
        """Returns logits, ``m``."""


def judge_real(
    network: nn.Module, images: Tensor, *labels: Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """Returns D's logits on real images, and by name what D itself adds to its loss.

    Args:
        network: D.
        images: ``m x C x H x W``.
        labels: ``m``, where D knows classes.
    """
    if isinstance(network, LearnsFromReal):
        return network.on_real(images, *labels)
    return network(images, *labels), {}
