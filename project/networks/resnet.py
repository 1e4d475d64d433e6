"""A residual GAN for any power-of-two size from 32 to 256 pixels, without batch norm in D."""

from __future__ import annotations

import itertools

from torch import Tensor, nn
from torch.nn import functional as F

from project.networks.gan_by_size import BodyAndHead, GANBySize

SLOPE = 0.2  # of the leaky ReLU


class Enlarging(nn.Module):
    """Maps ``N x inputs x h x w`` -> ``N x outputs x 2h x 2w``, with a way around two convolutions.

    Args:
        inputs: channels.
        outputs: channels.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList([nn.BatchNorm2d(inputs), nn.BatchNorm2d(outputs)])
        self.first = nn.Conv2d(inputs, outputs, 3, 1, 1)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.around = nn.Conv2d(inputs, outputs, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Enlarges maps."""
        # A convolution of single pixels may as well come before they are repeated: it costs less.
        around = F.interpolate(self.around(maps), scale_factor=2.0)
        maps = F.interpolate(F.relu(self.norms[0](maps)), scale_factor=2.0)
        enlarged: Tensor = around + self.second(F.relu(self.norms[1](self.first(maps))))
        return enlarged


class Reducing(nn.Module):
    """Maps ``N x inputs x h x w`` -> ``N x outputs x h/2 x w/2``, with a way around convolutions.

    Args:
        inputs: channels.
        outputs: channels.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, inputs, 3, 1, 1)
        self.second = nn.Conv2d(inputs, outputs, 4, 2, 1)
        self.around = nn.Conv2d(inputs, outputs, 1, bias=False)
        # It begins as its way around, which is what keeps it stable without batch norm.
        nn.init.zeros_(self.second.weight)

    def forward(self, maps: Tensor) -> Tensor:
        """Reduces maps."""
        around = self.around(F.avg_pool2d(maps, 2))
        maps = self.first(F.leaky_relu(maps, SLOPE))
        reduced: Tensor = around + self.second(F.leaky_relu(maps, SLOPE))
        return reduced


class Generator(nn.Sequential):
    """z ``N x latent`` -> images ``N x C x H x W`` in [-1, 1].

    Args:
        channels: of the image.
        latent: length of z.
        widths: channels from the image's own size down to the 4 x 4 layer.
    """

    def __init__(self, channels: int, latent: int, widths: list[int]) -> None:
        super().__init__(
            nn.Linear(latent, widths[-1] * 16),
            nn.Unflatten(1, (widths[-1], 4, 4)),
            *(Enlarging(wide, narrow) for narrow, wide in reversed([*itertools.pairwise(widths)])),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
            nn.Conv2d(widths[0], channels, 3, 1, 1),
            nn.Tanh(),
        )


class Discriminator(BodyAndHead):
    """Images ``N x C x H x W`` in [-1, 1] -> logits ``N``, of each image by itself.

    Args:
        channels: of the image.
        widths: channels from the image's own size down to the 4 x 4 layer.
    """

    def __init__(self, channels: int, widths: list[int]) -> None:
        body = nn.Sequential(
            nn.Conv2d(channels, widths[0], 3, 1, 1),
            *(Reducing(narrow, wide) for narrow, wide in itertools.pairwise(widths)),
            nn.LeakyReLU(SLOPE),
        )
        super().__init__(body, widths[-1])
        self.last = nn.Conv2d(widths[-1], 1, 4)

    def head(self, features: Tensor) -> Tensor:
        """Returns logits, ``N``."""
        logits: Tensor = self.last(features)
        return logits.flatten()


class ResNet(GANBySize):
    """Residual networks of one size."""

    generator_class = Generator
    discriminator_class = Discriminator
