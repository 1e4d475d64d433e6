"""ResNet-50, which the study wished to ask for the wanted class: its weights file.

Torch-free; the network is in ``resnet50_network``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, final

from project.backbones.published_weights import PublishedWeights

if TYPE_CHECKING:
    from project.backbones.frozen_network import FrozenNetwork


@final
class ResNet50(PublishedWeights):
    """ResNet-50 with torchvision's second ImageNet weights: 2048 features, 1000 classes."""

    name = "resnet50"
    title = "ResNet-50"
    version = "torchvision's IMAGENET1K_V2"
    imagenet = True

    def build(self, weights: Path) -> FrozenNetwork:
        """Builds the network; see :class:`project.backbones.backbone.Backbone`."""
        from project.backbones.resnet50_network import ResNet50Network

        return ResNet50Network(weights=weights, batch_size=self.batch_size)
