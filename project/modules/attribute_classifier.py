"""A classifier of two features, trained on real images apart from every D (Study B, measure)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Beta
from torch.nn import functional as F

from project.data.feature_labels import FeatureLabels
from project.data.source import ImageSet
from project.datamodules.batches import Batch
from project.datamodules.pixels import from_uint8
from project.modules.scheduled import ScheduledModule
from project.modules.schedules import Schedule
from project.modules.step_counter import MakeOptimizer

AT_ONCE = 250


class AttributeModule(ScheduledModule):
    """Binary cross-entropy on each feature, rare ones weighted up; calibrated at its end.

    Args:
        network: images ``m x 3 x H x W`` in [0, 1] -> logits ``m x (2 + F)``, of the two features
            and of F further attributes, by its ``features`` and its ``head``. Called as a whole,
            a committee gives those of each member, ``E x m x (2 + F)``.
        optimizer: parameters -> optimizer.
        schedule: optimizer and number of batches -> schedule of the learning rate.
        changes: images ``m x 3 x H x W`` in [0, 1] -> the same, looking otherwise.
        mixup: alpha of Beta(alpha, alpha), from which a batch's shares of two images in one are
            drawn (mixup, Zhang 2018); 0 mixes none.
        heaviest: that an image with a rare attribute weighs at most, and one without a common one.
        further_weight: of the further attributes' loss; that of the two features has 1.
        task: what is learned, on which part of the images.
        training: images that are trained on; None where the classifier is only asked.

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
        optimizer: MakeOptimizer,
        schedule: Schedule,
        changes: Callable[[Tensor], Tensor],
        mixup: float,
        heaviest: float,
        further_weight: float,
        task: FeatureLabels,
        training: ImageSet | None,
    ) -> None:
        super().__init__(network=network, optimizer=optimizer, schedule=schedule)
        self.changes = changes
        self.mixup = mixup
        self.heaviest = heaviest
        self.further_weight = further_weight
        self.task = task
        self._training = training
        self.weights = torch.ones(())
        for name, value in (("slope", 1.0), ("offset", 0.0), ("threshold", 0.5)):
            self.register_buffer(name, torch.full((2,), value, dtype=torch.float64))

    def setup(self, stage: str) -> None:
        """Weighs the images with an attribute as much, together, as all those without."""
        assert self._training is not None, "without images nothing is trained"
        learned = self.task.targets(self._training)[self.task.parts(self._training)["learning"]]
        rate = torch.from_numpy(learned).float().mean(0)
        self.weights = ((1 - rate) / rate).clamp(1 / self.heaviest, self.heaviest)

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """One step on the cross-entropy of changed images."""
        images, labels = self.mixed(self.changes(batch.images), batch.labels.float())
        logits = self.network(images).float()
        weights = self.weights.to(logits.device)

        def cross_entropy(which: slice) -> Tensor:
            answers = logits[..., which]
            return F.binary_cross_entropy_with_logits(
                answers, labels[:, which].expand_as(answers), pos_weight=weights[which]
            )

        losses = {"L_BCE": cross_entropy(slice(2))}
        loss = losses["L_BCE"]
        if logits.shape[-1] > 2:
            losses["L_BCE_further"] = cross_entropy(slice(2, None))
            loss = loss + self.further_weight * losses["L_BCE_further"]
        self.descend(loss)
        self.count(len(batch.images), losses)

    def mixed(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Lays over every image another one of the batch, and over its labels theirs."""
        if not self.mixup:
            return images, labels
        share = float(Beta(self.mixup, self.mixup).sample())
        others = torch.randperm(len(images))
        return share * images + (1 - share) * images[others], (
            share * labels + (1 - share) * labels[others]
        )

    @torch.no_grad()
    def look(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Returns features ``N x D`` and the two's logits ``N x 2`` of uint8 images, on the CPU.

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
        return features.cpu(), network.head(features)[:, :2].cpu()

    def judge(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Returns features ``N x D`` and calibrated probabilities ``N x 2`` of uint8 images."""
        features, logits = self.look(images)
        return features, torch.sigmoid(self.slope.cpu() * logits.double() + self.offset.cpu())
