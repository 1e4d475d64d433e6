"""Study C's networks: an autoencoder that reverses digits, and its discriminator."""

from __future__ import annotations

from itertools import pairwise

from torch import nn

from project.networks.digit_side import SIDE, check_side

WIDTHS = (512, 256, 128, 64, 32, 64, 128, 256, 512)
SLOPE = 0.3  # of LeakyReLU: Keras' default, which the study leaves as it is


class ReversedDigits:
    """The study's generator and discriminator: 1 153 712 and 533 505 parameters (Study C).

    Args:
        size: side of the images in pixels.
        dropout: of the generator, in [0, 1).

    Attributes:
        generator: images -> images.
        discriminator: images -> logits.

    Raises:
        UserError: another size than 28.
    """

    def __init__(self, *, size: int, dropout: float) -> None:
        check_side(size)
        self.generator = Autoencoder(dropout)
        self.discriminator = Discriminator()


class Autoencoder(nn.Sequential):
    """Digits ``m x 1 x 28 x 28`` in [0, 1] -> images of the same shape in [0, 1].

    Ten dense layers; dropout follows each of the hidden ones but the narrowest.

    Args:
        dropout: in [0, 1).
    """

    def __init__(self, dropout: float) -> None:
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise((SIDE**2, *WIDTHS)):
            layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(SLOPE)]
            if outputs > min(WIDTHS) and dropout:
                layers.append(nn.Dropout(dropout))
        layers += [nn.Linear(WIDTHS[-1], SIDE**2), nn.Sigmoid(), nn.Unflatten(1, (1, SIDE, SIDE))]
        super().__init__(*layers)
        self.apply(initialise)


class Discriminator(nn.Sequential):
    """Images ``m x 1 x 28 x 28`` in [0, 1] -> logits ``m``.

    The study's sigmoid stands in the losses.
    """

    def __init__(self) -> None:
        super().__init__(
            nn.Flatten(),
            nn.Linear(SIDE**2, 512),
            nn.LeakyReLU(SLOPE),
            nn.Linear(512, 256),
            nn.LeakyReLU(SLOPE),
            nn.Linear(256, 1),
            nn.Flatten(0),
        )
        self.apply(initialise)


def initialise(layer: nn.Module) -> None:
    """Draws weights as Keras does: Glorot-uniform, bias 0."""
    if isinstance(layer, nn.Linear):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
