"""A light GAN for few images (after FastGAN, Liu et al. 2021), from 32 to 256 pixels.

Skip-layer excitation in G, and a D that learns to reconstruct real images from its features. A
resolution is excited by the one 8 times smaller: at 16 times, as in the paper, 32 pixels would have
none. The paper compares reconstructions by LPIPS, whose weights would have to be downloaded; here
it is the mean absolute difference. Left out, as what they are worth here has not been measured:
spectral norm (the D of `reversed_digits_stable.py` has it), noise added in G, D's second output on
small images, and the reconstruction of a crop. The paper takes the loss of each place of D's last
map, with soft margins; here it is taken of the mean over places. So its scores are not the paper's.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from project.networks.gan_by_size import BodyAndHead, GANBySize

SLOPE = 0.2  # of the leaky ReLU
EXCITED = 8  # a resolution is excited by the one that is so many times smaller
RECONSTRUCTED = 32  # side of what D reconstructs, in pixels


class Gate(nn.Module):
    """Maps ``N x 2c x h x w`` -> ``N x c x h x w``: a half of the channels lets the other through.

    A gated linear unit; that of PyTorch takes four times as long on a CPU, forth and back in bf16.
    """

    def forward(self, maps: Tensor) -> Tensor:
        """Returns the first half times the sigmoid of the second."""
        passed, gate = maps.chunk(2, dim=1)
        return passed * torch.sigmoid(gate.contiguous(memory_format=torch.channels_last))


def enlarging(inputs: int, outputs: int) -> nn.Sequential:
    """Returns what makes maps twice as large: nearest pixel, convolution, gated linear unit."""
    return nn.Sequential(
        nn.Upsample(scale_factor=2.0),
        nn.Conv2d(inputs, 2 * outputs, 3, 1, 1, bias=False),
        nn.BatchNorm2d(2 * outputs),
        Gate(),
    )


class Excitation(nn.Sequential):
    """Small maps ``N x inputs x h x w`` -> a weight in [0, 1] for each channel of large ones.

    Args:
        inputs: channels of the small maps.
        outputs: channels of the large ones.
        side: of the small maps in pixels.
    """

    def __init__(self, inputs: int, outputs: int, side: int) -> None:
        super().__init__(
            nn.AvgPool2d(side // 4),  # to 4 x 4; the adaptive one is not deterministic on a GPU
            nn.Conv2d(inputs, outputs, 4),
            nn.SiLU(),
            nn.Conv2d(outputs, outputs, 1),
            nn.Sigmoid(),
        )


class Generator(nn.Module):
    """z ``N x latent`` -> images ``N x C x H x W`` in [-1, 1].

    Args:
        channels: of the image.
        latent: length of z.
        widths: channels from the image's own size down to the 4 x 4 layer.
    """

    def __init__(self, channels: int, latent: int, widths: list[int]) -> None:
        super().__init__()
        self.first = nn.Sequential(
            nn.Unflatten(1, (latent, 1, 1)),
            nn.ConvTranspose2d(latent, 2 * widths[-1], 4, bias=False),
            nn.BatchNorm2d(2 * widths[-1]),
            Gate(),
        )
        upwards = widths[::-1]  # of 4, 8, 16 ... pixels
        self.levels = nn.ModuleList(enlarging(*pair) for pair in itertools.pairwise(upwards))
        self.excitations = nn.ModuleList(
            Excitation(small, large, 4 * 2**level)
            for level, (small, large) in enumerate(
                zip(upwards, upwards[EXCITED.bit_length() - 1 :], strict=False)
            )
        )
        self.last = nn.Sequential(nn.Conv2d(widths[0], channels, 3, 1, 1), nn.Tanh())

    def forward(self, z: Tensor) -> Tensor:
        """Returns images."""
        maps = [self.first(z)]
        for level in self.levels:
            larger = level(maps[-1])
            excited = len(maps) - EXCITED.bit_length() + 1
            if excited >= 0:
                larger = larger * self.excitations[excited](maps[excited])
            maps.append(larger)
        images: Tensor = self.last(maps[-1])
        return images


class Reducing(nn.Module):
    """Maps ``N x inputs x h x w`` -> ``N x outputs x h/2 x w/2``: the mean of two ways.

    Args:
        inputs: channels.
        outputs: channels.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(SLOPE, inplace=True),
        )
        self.around = nn.Sequential(
            nn.AvgPool2d(2),
            nn.Conv2d(inputs, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(SLOPE, inplace=True),
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Reduces maps."""
        mean: Tensor = (self.main(maps) + self.around(maps)) / 2
        return mean


class Discriminator(BodyAndHead):
    """Images ``N x C x H x W`` in [-1, 1] -> logits ``N``.

    Args:
        channels: of the image.
        widths: channels from the image's own size down to the 4 x 4 layer; D has no layer for the
            first and the last.
    """

    def __init__(self, channels: int, widths: list[int]) -> None:
        widths = widths[1:-1]
        body = nn.Sequential(
            nn.Conv2d(channels, widths[0], 4, 2, 1, bias=False),
            nn.LeakyReLU(SLOPE, inplace=True),
            *(Reducing(narrow, wide) for narrow, wide in itertools.pairwise(widths)),
        )
        super().__init__(body, widths[-1])
        self.last = nn.Sequential(
            nn.Conv2d(widths[-1], widths[-1], 1, bias=False),
            nn.BatchNorm2d(widths[-1]),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Conv2d(widths[-1], 1, 4),
        )
        self.decoder = nn.Sequential(
            enlarging(widths[-1], widths[0]),
            enlarging(widths[0], widths[0]),
            nn.Conv2d(widths[0], channels, 3, 1, 1),
            nn.Tanh(),
        )

    def head(self, features: Tensor) -> Tensor:
        """Returns logits, ``N``: means of those of all places."""
        logits: Tensor = self.last(features)
        return logits.mean((1, 2, 3))

    def own_terms(self, images: Tensor, features: Tensor) -> dict[str, Tensor]:
        """Mean absolute difference between real images, made small, and what is decoded."""
        return {"L_reconstruction": (self.decoder(features) - reduced(images)).abs().mean()}


def reduced(images: Tensor) -> Tensor:
    """Returns images of 32 pixels: means over the pixels that become one."""
    return F.avg_pool2d(images, images.shape[-1] // RECONSTRUCTED)


class FastGAN(GANBySize):
    """Generator and discriminator of one size."""

    generator_class = Generator
    discriminator_class = Discriminator
