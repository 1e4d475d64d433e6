"""A classifier of two features, trained on real images apart from every D (Study B, measure)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from project.data.batches import Batch
from project.data.pixels import from_uint8
from project.modules.jitter import shift
from project.modules.scheduled import ScheduledModule

AT_ONCE = 250


class AttributeModule(ScheduledModule):
    """Binary cross-entropy on each feature, rare ones weighted up; calibrated at its end.

    Args:
        network: images ``m x 3 x H x W`` in [0, 1] -> logits ``m x 2``, and their features.
        optimizer: parameters -> optimizer.
        schedule: optimizer and number of batches -> schedule of the learning rate.
        shift_pixels: every batch is moved by up to so many pixels.
        brightness: every image is made brighter or darker by up to this share.

    Attributes:
        slope: of the calibrated probability ``sigmoid(slope * logit + shift)``, for each feature.
        offset: its shift.
        threshold: the calibrated probability from which on an image has the feature.
    """

    slope: Tensor
    offset: Tensor
    threshold: Tensor

    def __init__(
        self,
        *,
        network: nn.Module,
        optimizer: Any,
        schedule: Any,
        shift_pixels: int,
        brightness: float,
    ) -> None:
        super().__init__(network=network, optimizer=optimizer, schedule=schedule)
        self.shift_pixels = shift_pixels
        self.brightness = brightness
        self.weights = torch.ones(2)
        for name, value in (("slope", 1.0), ("offset", 0.0), ("threshold", 0.5)):
            self.register_buffer(name, torch.full((2,), value, dtype=torch.float64))

    def setup(self, stage: str) -> None:
        """Weighs images with a feature as much as all those without."""
        _, labels = self.trainer.datamodule.part("learning")  # type: ignore[attr-defined]
        held = labels.float().mean(0)
        self.weights = (1 - held) / held

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """One step on the cross-entropy of changed images."""
        logits = self.network(self.changed(batch.images)).float()
        weights = self.weights.to(logits.device)
        loss = F.binary_cross_entropy_with_logits(logits, batch.labels.float(), pos_weight=weights)
        self.descend(loss)
        self.count(len(batch.images), {"L_BCE": loss})

    def changed(self, images: Tensor) -> Tensor:
        """Mirrors half of the images, moves all, and makes each brighter or darker."""
        mirrored = torch.rand(len(images), 1, 1, 1) < 0.5
        factor = 1 + self.brightness * (2 * torch.rand(len(images), 1, 1, 1) - 1)
        images = torch.where(mirrored.to(images.device), images.flip(3), images)
        moved = shift(images, self.shift_pixels, torch.default_generator)
        return (moved * factor.to(images.device)).clamp(0, 1)

    @torch.no_grad()
    def look(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Returns features ``N x D`` and logits ``N x 2`` of uint8 images, on the CPU.

        Neither mixed precision nor the training mode of the network reaches them.
        """
        training = self.network.training
        self.network.eval()
        try:
            with torch.autocast(self.device.type, enabled=False):
                parts = [self._look(some) for some in torch.split(images, AT_ONCE)]
        finally:
            self.network.train(training)
        features, logits = zip(*parts, strict=True)
        return torch.cat(features), torch.cat(logits)

    def _look(self, images: Tensor) -> tuple[Tensor, Tensor]:
        network: Any = self.network
        features = network.features(from_uint8(images.to(self.device), 0.0, 1.0))
        return features.cpu(), network.head(features).cpu()

    def judge(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Returns features ``N x D`` and calibrated probabilities ``N x 2`` of uint8 images."""
        features, logits = self.look(images)
        return features, torch.sigmoid(self.slope.cpu() * logits.double() + self.offset.cpu())
