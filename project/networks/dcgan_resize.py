"""DCGAN whose generator enlarges and then convolves: no tiles on its images (Odena 2016)."""

from __future__ import annotations

from torch import nn

from project.networks.dcgan import DCGAN, Generator


class ResizeGenerator(Generator):
    """z ``N x latent`` -> images ``N x C x H x W`` in [-1, 1].

    Every pixel of an enlarged map is convolved with the same weights. A transposed convolution
    gives even and odd pixels weights of their own, which shows as a tile.
    """

    @staticmethod
    def enlarging(inputs: int, outputs: int) -> list[nn.Module]:
        """Returns what makes maps twice as large: every pixel four times, then a convolution."""
        return [nn.Upsample(scale_factor=2), nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False)]


class ResizeDCGAN(DCGAN):
    """DCGAN with this generator."""

    generator_class = ResizeGenerator
