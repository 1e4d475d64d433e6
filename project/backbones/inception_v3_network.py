"""Inception v3 of 2015-12-05 in torch: torch-fidelity's layers and resize, our own loading."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, final

import torch
from torch import Tensor
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

from project.backbones.frozen_network import FrozenNetwork, read_state


class _Architecture(FeatureExtractorInceptionV3):  # type: ignore[misc]
    """The layers alone: the parent unpickles a file in its constructor, and is given an empty one.

    It resizes to 299 x 299 as TensorFlow 1 did and maps bytes to (x - 128) / 128.
    """

    def __init__(self) -> None:
        empty = io.BytesIO()
        torch.save({}, empty)
        empty.seek(0)
        super().__init__(
            "inception-v3-compat",
            ["2048", "logits_unbiased"],
            feature_extractor_weights_path=empty,
        )

    def load_state_dict(self, state_dict: dict[str, Tensor], **options: Any) -> Any:
        return super().load_state_dict(state_dict, strict=bool(state_dict), **options)


@final
class InceptionV3Network(FrozenNetwork):
    """2048 pooled features and 1008 logits for each image.

    The logits are without the last layer's bias (``logits_unbiased``), because the first published
    implementation of the Inception Score multiplied the pooled features by that layer's weights
    only, and every published score since follows it. All 1008 outputs are kept for the same reason,
    although ImageNet has 1000 classes.

    Args:
        weights: file with the complete state dict.
        batch_size: images that go through at once.

    Raises:
        UserError: tensors are missing, unexpected or of another shape.
    """

    def __init__(self, *, weights: Path, batch_size: int) -> None:
        super().__init__(batch_size=batch_size)
        # On the meta device nothing is initialised, so that no random number is drawn.
        with torch.device("meta"):
            network = _Architecture()
        network.load_state_dict(read_state(weights, network), assign=True)
        self.network = network.to(memory_format=torch.channels_last)
        self.requires_grad_(False).eval()

    def extract(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Maps ``n x 3 x H x W`` uint8 to ``n x 2048`` and ``n x 1008``."""
        features, logits = self.network(images.contiguous(memory_format=torch.channels_last))
        return features, logits
