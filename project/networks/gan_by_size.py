"""What the GANs of several sizes have in common whose layers halve and double the maps."""

from __future__ import annotations

import abc

import torch
from torch import Tensor, nn

from project.networks.sizes import check_size


class GANBySize(nn.Module):
    """A generator and a discriminator of one size.

    Args:
        size: side of the images in pixels: 32, 64, 128 or 256.
        channels: 3 for colour, 1 for grey.
        latent: length of the noise vector z.
        base_channels: channels at the image's own resolution; they double at every halving,
        widest: up to so many.

    Attributes:
        generator_class: channels, latent and widths, from the image's own size down to the 4 x 4
            layer -> generator.
        discriminator_class: channels and these widths -> discriminator.

    Raises:
        UserError: the size is not one of the four.
    """

    generator_class: type[nn.Module]
    discriminator_class: type[nn.Module]

    def __init__(
        self, *, size: int, channels: int, latent: int, base_channels: int, widest: int
    ) -> None:
        super().__init__()
        check_size(size)
        self.latent = latent
        levels = size.bit_length() - 2
        widths = [min(base_channels * 2**level, widest) for level in range(levels)]
        self.generator = self.generator_class(channels, latent, widths)
        self.discriminator = self.discriminator_class(channels, widths)
        # Convolutions run on channels-last memory without reordering it.
        self.to(memory_format=torch.channels_last)


class BodyAndHead(nn.Module, abc.ABC):
    """A discriminator that shows its features: images ``N x C x H x W`` -> logits ``N``.

    Args:
        body: images -> features.
        feature_channels: of the features.

    Attributes:
        feature_channels: of the features.
    """

    def __init__(self, body: nn.Module, feature_channels: int) -> None:
        super().__init__()
        self.feature_channels = feature_channels
        self.body = body

    def features(self, images: Tensor) -> Tensor:
        """Returns what the head reads, ``N x feature_channels x h x w``."""
        features: Tensor = self.body(images)
        return features

    @abc.abstractmethod
    def head(self, features: Tensor) -> Tensor:
        """Returns logits, ``N``."""

    def forward(self, images: Tensor) -> Tensor:
        """Returns logits, ``N``."""
        return self.head(self.features(images))
