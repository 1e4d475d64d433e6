"""EfficientNet-Lite0 in torch, made quick for scoring by folding its normalisation."""

from __future__ import annotations

from pathlib import Path
from typing import final

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.functional import interpolate
from torch.nn.utils.fusion import fuse_conv_bn_eval

from project.backbones.frozen_network import FrozenNetwork, read_state

# As the network was trained: 224 pixels, bicubic, bytes mapped by (x - 127) / 128. On real
# Pomeranians the usual ImageNet mean and deviation lose 7 points of accuracy.
SIDE, CENTRE, SCALE = 224, 127.0, 128.0


@final
class EfficientNetLite0Network(FrozenNetwork):
    """1280 pooled features and 1000 ImageNet logits for each image.

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
            network = EfficientNet.from_name("efficientnet-lite0")
        network.load_state_dict(read_state(weights, network), assign=True)
        network.eval()
        _fold_normalisation(network)
        _pad_in_convolution(network)
        _in_place(network)
        self.network = network.to(memory_format=torch.channels_last)
        self.requires_grad_(False).eval()

    def extract(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Maps ``n x 3 x H x W`` uint8 to ``n x 1280`` and ``n x 1000``."""
        x = images.float().contiguous(memory_format=torch.channels_last)
        x = interpolate(x, size=(SIDE, SIDE), mode="bicubic", antialias=True)
        # Bicubic interpolation overshoots at edges; no photograph does.
        x = x.clamp(0, 255).sub(CENTRE).div(SCALE)
        features = self.network.extract_features(x).mean(dim=(2, 3))
        return features, self.network._fc(features)


def _fold_normalisation(network: nn.Module) -> None:
    """Puts each batch normalisation into the convolution before it: the same map in fewer steps."""
    pairs = [(network, "_conv_stem", "_bn0"), (network, "_conv_head", "_bn1")]
    for block in network._blocks:  # type: ignore[union-attr]
        if hasattr(block, "_expand_conv"):
            pairs.append((block, "_expand_conv", "_bn0"))
        pairs += [(block, "_depthwise_conv", "_bn1"), (block, "_project_conv", "_bn2")]
    for owner, conv, norm in pairs:
        setattr(owner, conv, fuse_conv_bn_eval(getattr(owner, conv), getattr(owner, norm)))
        setattr(owner, norm, nn.Identity())


def _pad_in_convolution(network: nn.Module) -> None:
    """Lets convolutions pad by themselves where both sides get equally much: saves a copy each."""
    for module in network.modules():
        padding = getattr(module, "static_padding", None)
        if isinstance(module, nn.Conv2d) and isinstance(padding, nn.ZeroPad2d):
            left, right, top, bottom = padding.padding
            if left == right and top == bottom:
                module.padding = (top, left)
                module.static_padding = nn.Identity()


def _in_place(network: nn.Module) -> None:
    """Lets activations overwrite what comes out of convolutions, which nothing else reads."""
    for module in network.modules():
        if isinstance(module, nn.ReLU6):
            module.inplace = True
