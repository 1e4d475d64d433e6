"""Two small classifiers of attributes, of two architectures: one for looking, one for final scores.

Each is two parts: ``features``, whose output is what distances are measured in, and ``head``.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn


class AttributeNet(nn.Module):
    """Images ``m x 3 x H x W`` in [0, 1] -> a logit for each attribute, ``m x (2 + F)``.

    Args:
        features: images -> features ``m x D``.
        width: D.
        further: the F attributes that are learned beside the two features.
    """

    def __init__(self, features: nn.Sequential, width: int, further: Sequence[str]) -> None:
        super().__init__()
        self.features = features
        self.head = nn.Linear(width, 2 + len(further))

    def forward(self, images: Tensor) -> Tensor:
        """Maps images to logits."""
        logits: Tensor = self.head(self.features(images))
        return logits


def _block(inputs: int, outputs: int, stride: int, unit: nn.Module) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), unit]


class AttributeA(AttributeNet):
    """Strided convolutions, and a layer that knows where in the face it looks.

    Args:
        further: the F attributes that are learned beside the two features.
    """

    def __init__(self, *, further: Sequence[str]) -> None:
        layers = nn.Sequential(
            *_block(3, 24, 2, nn.ReLU()),
            *_block(24, 48, 2, nn.ReLU()),
            *_block(48, 96, 2, nn.ReLU()),
            *_block(96, 96, 1, nn.ReLU()),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(96 * 4 * 4, 64),
            nn.ReLU(),
        )
        super().__init__(layers, 64, further)


class AttributeB(AttributeNet):
    """Smooth units, average pooling, and no layer but convolutions before the head.

    Args:
        further: the F attributes that are learned beside the two features.
    """

    def __init__(self, *, further: Sequence[str]) -> None:
        layers = nn.Sequential(
            nn.Conv2d(3, 20, 5, stride=2, padding=2),
            nn.SiLU(),
            *_block(20, 40, 1, nn.SiLU()),
            nn.AvgPool2d(2),
            *_block(40, 80, 1, nn.SiLU()),
            nn.AvgPool2d(2),
            *_block(80, 120, 1, nn.SiLU()),
            nn.AdaptiveAvgPool2d((4, 2)),
            # One weight for each place: where a feature is says which it is.
            nn.Conv2d(120, 80, (4, 2)),
            nn.Flatten(),
            nn.SiLU(),
            nn.Dropout(0.2),
        )
        super().__init__(layers, 80, further)
