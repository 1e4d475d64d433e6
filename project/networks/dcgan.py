"""DCGAN (Radford, Metz, Chintala 2015) for any power-of-two size from 32 to 256 pixels."""

from __future__ import annotations

import itertools
from typing import cast

import torch
from torch import Tensor, nn

from project.networks.sizes import check_size


class Generator(nn.Sequential):
    """z ``N x latent`` -> images ``N x C x H x W`` in [-1, 1].

    Args:
        channels: of the image.
        latent: length of z.
        widths: channels from the layer next to the image down to the 4 x 4 layer.
    """

    def __init__(self, channels: int, latent: int, widths: list[int]) -> None:
        layers: list[nn.Module] = [
            nn.Unflatten(1, (latent, 1, 1)),
            nn.ConvTranspose2d(latent, widths[-1], 4, 1, 0, bias=False),
            nn.BatchNorm2d(widths[-1]),
            nn.ReLU(inplace=True),
        ]
        for wide, narrow in zip(widths[:0:-1], widths[-2::-1], strict=True):
            layers += [
                *self.enlarging(wide, narrow),
                nn.BatchNorm2d(narrow),
                nn.ReLU(inplace=True),
            ]
        layers += [*self.enlarging(widths[0], channels), nn.Tanh()]
        super().__init__(*layers)
        self.apply(initialise)

    @staticmethod
    def enlarging(inputs: int, outputs: int) -> list[nn.Module]:
        """Returns what makes maps twice as large."""
        return [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)]


class Discriminator(nn.Sequential):
    """Images ``N x C x H x W`` in [-1, 1] -> logits ``N``.

    Args:
        channels: of the image.
        widths: channels from the layer next to the image down to the 4 x 4 layer.

    Attributes:
        feature_channels: of the 4 x 4 layer.
    """

    LAST = 2  # modules of the last layer

    def __init__(self, channels: int, widths: list[int]) -> None:
        layers: list[nn.Module] = [
            nn.Conv2d(channels, widths[0], 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
        ]
        for narrow, wide in itertools.pairwise(widths):
            layers += [
                nn.Conv2d(narrow, wide, 4, 2, 1, bias=False),
                nn.BatchNorm2d(wide),
                nn.LeakyReLU(0.2, inplace=True),
            ]
        layers += [nn.Conv2d(widths[-1], 1, 4, 1, 0, bias=False), nn.Flatten(0)]
        super().__init__(*layers)
        self.feature_channels = widths[-1]
        self.apply(initialise)

    def features(self, images: Tensor) -> Tensor:
        """Returns what the last layer reads, ``N x feature_channels x 4 x 4``."""
        return apply([*self][: -self.LAST], images)

    def head(self, features: Tensor) -> Tensor:
        """Returns logits, ``N``."""
        return apply([*self][-self.LAST :], features)


class DCGAN(nn.Module):
    """A generator and a discriminator of one size.

    Args:
        size: side of the images in pixels: 32, 64, 128 or 256.
        channels: 3 for colour, 1 for grey.
        latent: length of the noise vector z.
        base_channels: channels at the resolution next to the image; they double at every
            halving, down to 4 x 4.

    Attributes:
        generator_class: channels, latent and widths -> generator.

    Raises:
        UserError: the size is not one of the four.
    """

    generator_class: type[nn.Module] = Generator

    def __init__(self, *, size: int, channels: int, latent: int, base_channels: int) -> None:
        super().__init__()
        check_size(size)
        self.latent = latent
        widths = [base_channels * 2**level for level in range(size.bit_length() - 3)]
        self.generator = self.generator_class(channels, latent, widths)
        self.discriminator = Discriminator(channels, widths)
        # Convolutions run on channels-last memory without reordering it.
        self.to(memory_format=torch.channels_last)


def apply(layers: list[nn.Module], maps: Tensor) -> Tensor:
    """Sends maps through layers, one after the other."""
    for layer in layers:
        maps = layer(maps)
    return maps


def initialise(layer: nn.Module) -> None:
    """Draws weights as the DCGAN paper does: N(0, 0.02); batch norm's N(1, 0.02), bias 0."""
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(layer.weight, 0.0, 0.02)
    elif isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(cast(Tensor, layer.weight), 1.0, 0.02)
        nn.init.zeros_(cast(Tensor, layer.bias))
