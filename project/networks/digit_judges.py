"""Four digit classifiers of four architectures, none of which is ever inverted or trained against.

Each is two parts: ``features``, whose output is what distances are measured in, and ``head``.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from project.networks.digit_side import check_side


class Judge(nn.Module):
    """Images ``m x 1 x 28 x 28`` in [0, 1] -> logits ``m x K``.

    Args:
        features: images -> features ``m x D``.
        width: D.
        classes: K.
    """

    def __init__(self, features: nn.Sequential, width: int, classes: int) -> None:
        super().__init__()
        self.features = features
        self.head = nn.Linear(width, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Maps images to logits."""
        logits: Tensor = self.head(self.features(images))
        return logits

    @torch.no_grad()
    def judge(self, images: Tensor, batch_size: int) -> tuple[Tensor, Tensor]:
        """Looks at images without learning from them.

        Args:
            images: ``N x 1 x 28 x 28``, float in [0, 1].
            batch_size: images at a time.

        Returns:
            features ``N x D`` and probabilities ``N x K``, float64, on the CPU.
        """
        training = self.training
        self.eval()
        parts = [self.features(some) for some in torch.split(images, batch_size)]
        self.train(training)
        features = torch.cat(parts)
        return features.double().cpu(), self.head(features).double().softmax(1).cpu()


def _conv_norm_relu(inputs: int, outputs: int, kernel: int, **layout: int) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, kernel, **layout)  # type: ignore[arg-type]
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]


class JudgeA(Judge):
    """Batch norm, a strided convolution, a narrow layer of 64 features.

    Args:
        size: side of the images in pixels.
        classes: K.

    Raises:
        UserError: another size than 28.
    """

    def __init__(self, *, size: int, classes: int) -> None:
        check_side(size)
        layers = nn.Sequential(
            *_conv_norm_relu(1, 16, 5, stride=2, padding=2),
            *_conv_norm_relu(16, 32, 3, padding=1),
            nn.MaxPool2d(2),
            *_conv_norm_relu(32, 64, 3, padding=1),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(64 * 7 * 7, 64),
            nn.ReLU(),
        )
        super().__init__(layers, 64, classes)


class JudgeB(Judge):
    """In the manner of LeNet, with smooth units and no batch norm.

    Args:
        size: side of the images in pixels.
        classes: K.

    Raises:
        UserError: another size than 28.
    """

    def __init__(self, *, size: int, classes: int) -> None:
        check_side(size)
        layers = nn.Sequential(
            nn.Conv2d(1, 16, 5, padding=2),
            nn.MaxPool2d(2),
            nn.SiLU(),
            nn.Conv2d(16, 32, 5),
            nn.MaxPool2d(2),
            nn.SiLU(),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(32 * 5 * 5, 128),
            nn.SiLU(),
        )
        super().__init__(layers, 128, classes)


class JudgeC(Judge):
    """Convolutions alone, averaged over the whole image at the end.

    Args:
        size: side of the images in pixels.
        classes: K.

    Raises:
        UserError: another size than 28.
    """

    def __init__(self, *, size: int, classes: int) -> None:
        check_side(size)
        layers = nn.Sequential(
            *_conv_norm_relu(1, 24, 3, stride=2, padding=1),
            *_conv_norm_relu(24, 48, 3, padding=1),
            nn.MaxPool2d(2),
            *_conv_norm_relu(48, 64, 3),
            *_conv_norm_relu(64, 64, 3),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        super().__init__(layers, 64, classes)


class JudgeD(Judge):
    """Strided convolutions and one wide layer: the judge that is kept out of every choice.

    Args:
        size: side of the images in pixels.
        classes: K.

    Raises:
        UserError: another size than 28.
    """

    def __init__(self, *, size: int, classes: int) -> None:
        check_side(size)
        layers = nn.Sequential(
            nn.Conv2d(1, 20, 4, stride=2, padding=1),
            nn.LeakyReLU(0.1),
            nn.Conv2d(20, 40, 4, stride=2, padding=1),
            nn.LeakyReLU(0.1),
            nn.Flatten(),
            nn.Dropout(0.4),
            nn.Linear(40 * 7 * 7, 256),
            nn.LeakyReLU(0.1),
        )
        super().__init__(layers, 256, classes)
