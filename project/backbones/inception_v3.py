"""The network of 2015 that the Inception Score and FID are defined on: its weights file.

Torch-free: a missing file is reported in seconds. The network is in ``inception_v3_network``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, final

from project.backbones.published_weights import PublishedWeights

if TYPE_CHECKING:
    from project.backbones.frozen_network import FrozenNetwork


@final
class InceptionV3(PublishedWeights):
    """Inception v3 as released on 2015-12-05: 2048 features, 1008 classes."""

    name = "inception_v3"
    title = "Inception v3"
    version = "2015-12-05"

    def build(self, weights: Path) -> FrozenNetwork:
        """Builds the network; see :class:`project.backbones.backbone.Backbone`."""
        from project.backbones.inception_v3_network import InceptionV3Network

        return InceptionV3Network(weights=weights, batch_size=self.batch_size)
