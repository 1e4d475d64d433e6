"""ResNet-50 in torch, with the preprocessing that its weights were published with."""

from __future__ import annotations

from pathlib import Path
from typing import final

import torch
from torch import Tensor, nn
from torchvision.models import ResNet50_Weights, resnet50

from project.backbones.frozen_network import FrozenNetwork, read_state


@final
class ResNet50Network(FrozenNetwork):
    """2048 pooled features and 1000 ImageNet logits for each image.

    Args:
        weights: file with the state dict.
        batch_size: images that go through at once.

    Raises:
        UserError: tensors are missing, unexpected or of another shape.
    """

    def __init__(self, *, weights: Path, batch_size: int) -> None:
        super().__init__(batch_size=batch_size)
        # On the meta device nothing is initialised, so that no random number is drawn.
        with torch.device("meta"):
            network = resnet50()
        network.load_state_dict(read_state(weights, network), assign=True)
        self.head = network.fc
        network.fc = nn.Identity()
        self.network = network.to(memory_format=torch.channels_last)
        # 232 pixels, of which the middle 224 are seen.
        self.prepare = ResNet50_Weights.IMAGENET1K_V2.transforms()
        self.requires_grad_(False).eval()

    def extract(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Maps ``n x 3 x H x W`` uint8 to ``n x 2048`` and ``n x 1000``."""
        x = self.prepare(images).contiguous(memory_format=torch.channels_last)
        features = self.network(x)
        return features, self.head(features)
