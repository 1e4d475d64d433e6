"""A classifier of attributes that begins with what an ImageNet network has learned to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from project.backbones.efficientnet_lite0 import EfficientNetLite0
from project.backbones.efficientnet_lite0_network import CENTRE, SCALE
from project.errors import UserError
from project.networks.attribute_classifiers import AttributeNet


class AttributeLite0(AttributeNet):
    """Middle layers of EfficientNet-Lite0, place by place, and a layer that knows the places.

    Small images of few people say little about what a beard is; ImageNet's say what hair is.
    All layers are trained, the first ones from where ImageNet left them.

    Args:
        further: the F attributes that are learned beside the two features.
        pretrained: where the weights come from; their hash is checked.
        side: in pixels, that the images are enlarged to.
        blocks: of the network's sixteen, whose widened inputs are looked at.
        places: along each side, that these are averaged over.
        channels: that each block keeps of a place.
        width: D.

    Raises:
        UserError: a block is not one of 1 to 15.
    """

    def __init__(
        self,
        *,
        further: Sequence[str],
        pretrained: EfficientNetLite0,
        side: int,
        blocks: Sequence[int],
        places: int,
        channels: int,
        width: int,
    ) -> None:
        middle = _MiddleLayers(pretrained, side, blocks, places, channels)
        known = channels * len(blocks)
        layers = _BothWays(
            middle,
            nn.BatchNorm2d(known),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Linear(known * places**2, width),
            nn.ReLU(),
            nn.Dropout(0.2),
        )
        super().__init__(layers, width, further)


class _BothWays(nn.Sequential):
    """Layers that answer, in eval mode, the mean over an image and its mirror image."""

    def forward(self, images: Tensor) -> Tensor:
        """Maps images to features."""
        answers = super().forward  # untyped in torch
        features: Tensor = answers(images)  # type: ignore[no-untyped-call]
        if self.training:
            return features
        mirrored: Tensor = answers(images.flip(3))  # type: ignore[no-untyped-call]
        return (features + mirrored) / 2


class _MiddleLayers(nn.Module):
    """Images ``m x 3 x H x W`` in [0, 1] -> ``m x (channels * blocks) x places x places``."""

    def __init__(
        self,
        pretrained: EfficientNetLite0,
        side: int,
        blocks: Sequence[int],
        places: int,
        channels: int,
    ) -> None:
        super().__init__()
        if not blocks or not set(blocks) <= set(range(1, 16)):
            raise UserError(
                f"network.blocks={list(blocks)} is not allowed. Allowed: some of the numbers 1 to "
                "15, such as [5,8]; block 0 widens nothing."
            )
        whole: Any = pretrained.load("cpu").network
        self.side = side
        self.places = places
        *self.before, last = sorted(blocks)
        # The network's normalisation is folded into its convolutions: its statistics stay.
        self.stem = whole._conv_stem
        self.blocks: Any = whole._blocks[:last]
        self.last: Any = whole._blocks[last]._expand_conv
        wide = [self.blocks[k]._expand_conv.out_channels for k in self.before]
        self.kept = nn.ModuleList(
            nn.Conv2d(count, channels, 1) for count in (*wide, self.last.out_channels)
        )
        self.requires_grad_(True)

    def forward(self, images: Tensor) -> Tensor:
        """Maps images to what is kept of each place."""
        x = F.interpolate(images, size=(self.side, self.side), mode="bicubic").clamp(0, 1)
        x = F.relu6(self.stem((255 * x - CENTRE) / SCALE))
        found = []
        for number, block in enumerate(self.blocks):
            if number in self.before:
                found.append(block._expand_conv(x))
            x = block(x)
        found.append(self.last(x))
        kept = [
            keep(F.adaptive_avg_pool2d(F.relu6(wide), self.places))
            for keep, wide in zip(self.kept, found, strict=True)
        ]
        return torch.cat(kept, dim=1)
