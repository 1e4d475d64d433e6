"""The classifiers that are inverted (Study D)."""

from __future__ import annotations

from torch import nn

from project.networks.digit_side import SIDE, check_side


class ClassifierLinear(nn.Sequential):
    """784 -> 1024 -> 1024 -> K, ReLU: images ``m x 1 x 28 x 28`` in [0, 1] -> logits ``m x K``.

    With ten classes it has 1 863 690 parameters.

    Args:
        size: side of the images in pixels.
        classes: K.

    Raises:
        UserError: another size than 28.
    """

    def __init__(self, *, size: int, classes: int) -> None:
        check_side(size)
        super().__init__(
            nn.Flatten(),
            nn.Linear(SIDE**2, 1024),
            nn.ReLU(),
            nn.Linear(1024, 1024),
            nn.ReLU(),
            nn.Linear(1024, classes),
        )


class ClassifierConv(nn.Sequential):
    """Three 3 x 3 convolutions of 32 channels, 32*7*7 -> 512 -> K: images -> logits ``m x K``.

    ReLU and 2 x 2 max-pooling follow the first two convolutions; nothing stands between the last
    two layers, as in the study. With ten classes it has 827 274 parameters.

    Args:
        size: side of the images in pixels.
        classes: K.

    Raises:
        UserError: another size than 28.
    """

    def __init__(self, *, size: int, classes: int) -> None:
        check_side(size)
        super().__init__(
            nn.Conv2d(1, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 32, 3, padding=1),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, 512),
            nn.Linear(512, classes),
        )


class ClassifierRobust(nn.Sequential):
    """A small net without kinks, cheap to attack at every batch: images -> logits ``m x K``.

    Gradients that reach every pixel smoothly are what the inversion descends on: LeakyReLU and
    average pooling pass one where ReLU and max-pooling cut it off.

    Args:
        size: side of the images in pixels.
        classes: K, the noise label counted.

    Raises:
        UserError: another size than 28.
    """

    def __init__(self, *, size: int, classes: int) -> None:
        check_side(size)
        super().__init__(
            nn.Conv2d(1, 24, 6, stride=2, padding=2),
            nn.LeakyReLU(0.1),
            nn.Conv2d(24, 32, 3, padding=1),
            nn.LeakyReLU(0.1),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, 128),
            nn.LeakyReLU(0.1),
            nn.Linear(128, classes),
        )
