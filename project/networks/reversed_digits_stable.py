"""Study C, stable: the study's generator against a discriminator that knows the digits' labels."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from project.errors import UserError
from project.networks.digit_side import SIDE, check_side
from project.networks.reversed_digits import Autoencoder, initialise

SLOPE = 0.2


class StableReversedDigits:
    """The study's generator, a labelled discriminator and its auxiliary classifier (Study C).

    Args:
        size: side of the images in pixels.
        dropout: of the generator, in [0, 1).
        classes: labels that D tells apart; 1 hides them from it.
        pack: images of one label that D looks at together; a collapsed G gives itself away.
        pair: D sees x beside y. Such a D can compare G(x) with 1 - x.
        spectral: the layers of D are held to a spectral norm of 1.

    Attributes:
        generator: images -> images.
        discriminator: images, labels and inputs -> logits.

    Raises:
        UserError: another size than 28, or a number below 1.
    """

    def __init__(
        self, *, size: int, dropout: float, classes: int, pack: int, pair: bool, spectral: bool
    ) -> None:
        check_side(size)
        for name, value in (("classes", classes), ("pack", pack)):
            if value < 1:
                raise UserError(f"network.{name}={value} is not allowed. Give 1 or more.")
        self.generator = Autoencoder(dropout)
        self.discriminator = LabelDiscriminator(classes, pack, pair, spectral)


class LabelDiscriminator(nn.Module):
    """Packs of images with a label each -> logits ``m / pack``: real ones of these labels?

    Args:
        classes: labels; 1 hides them.
        pack: neighbours in the batch that are looked at together.
        pair: the inputs are shown too.
        spectral: every layer is held to a spectral norm of 1.

    Attributes:
        auxiliary: a net of its own, images in [-1, 1] -> logits of the digits; it learns from
            real images alone.
    """

    def __init__(self, classes: int, pack: int, pair: bool, spectral: bool) -> None:
        super().__init__()
        self.classes = classes
        self.pack = pack
        self.pair = pair
        self.layers = nn.Sequential(
            nn.Linear(SIDE**2 * pack * (2 if pair else 1), 512),
            nn.LeakyReLU(SLOPE),
            nn.Linear(512, 256),
            nn.LeakyReLU(SLOPE),
            nn.Linear(256, classes),
        )
        self.auxiliary = nn.Sequential(
            nn.Flatten(),
            nn.Linear(SIDE**2, 256),
            nn.LeakyReLU(SLOPE),
            nn.Linear(256, 128),
            nn.LeakyReLU(SLOPE),
            nn.Linear(128, 10),
        )
        self.apply(initialise)
        if spectral:
            for layer in self.layers:
                if isinstance(layer, nn.Linear):
                    spectral_norm(layer)

    def forward(self, images: Tensor, labels: Tensor, inputs: Tensor) -> Tensor:
        """Judges images, ``pack`` neighbours at a time, by the outputs of their own labels.

        Args:
            images: y, ``m x 1 x 28 x 28`` in [0, 1]; what is left over at the end of the batch
                after the last whole pack is not looked at.
            labels: ``m``, neighbours mostly of one label.
            inputs: x, of the shape of the images; read where D sees the pair.
        """
        whole = len(images) // self.pack * self.pack
        pixels = 2 * images[:whole].flatten(1) - 1
        if self.pair:
            pixels = torch.cat([pixels, 2 * inputs[:whole].flatten(1) - 1], 1)
        logits = self.layers(pixels.reshape(whole // self.pack, -1))
        own = labels[:whole].view(-1, self.pack) % self.classes
        means: Tensor = logits.gather(1, own).mean(1)
        return means
