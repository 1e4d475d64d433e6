"""A D_1 or D_2 that knows its feature: a classifier of it, trained against an adversary."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from project.datamodules.batches import Batch
from project.modules.adversary import PGD
from project.modules.scheduled import ScheduledModule
from project.modules.schedules import Schedule
from project.modules.step_counter import MakeOptimizer
from project.networks.dcgan import DCGAN


class FeatureDetectorModule(ScheduledModule):
    """Least squares on photographs alone: those without the feature stand where (2) has fakes.

    The study's D_k learns to tell photographs from generated images, which is no feature; this one
    learns the feature. And as G_M will search for whatever satisfies it, it is trained on the worst
    images near each image (Madry et al. 2018): else G_M finds patterns in place of features.

    Args:
        network: whose D it is; G is left out.
        optimizer: parameters -> optimizer.
        schedule: optimizer and number of batches -> schedule of the learning rate.
        attack: the adversary; None trains on the images as they are.
        changes: images ``m x C x H x W`` in [0, 1] -> the same with the same feature, looking
            otherwise; None leaves them as they are.
    """

    pixel_range = (-1.0, 1.0)

    def __init__(
        self,
        *,
        network: DCGAN,
        optimizer: MakeOptimizer,
        schedule: Schedule,
        attack: PGD | None,
        changes: Callable[[Tensor], Tensor] | None,
    ) -> None:
        super().__init__(network=network.discriminator, optimizer=optimizer, schedule=schedule)
        self.attack = attack
        self.changes = changes

    def answer(self, images: Tensor) -> Tensor:
        """Says how surely images ``m x C x H x W`` in [-1, 1] have the feature: ``m`` in [0, 1]."""
        # In fp32 under AMP as well: the losses are squares of small differences.
        logits: Tensor = self.network(images)
        return torch.sigmoid(logits.float())

    def follows_length(self) -> str:
        """The adversary's radius, and the schedule."""
        return "module.attack" if self.attack is not None else super().follows_length()

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """One step on (2), twice the mean square where half of the batch has the feature."""
        images, has_it = batch.images, batch.labels[:, 0].float()
        if self.changes is not None:
            images = 2 * self.changes((images + 1) / 2) - 1
        if self.attack is not None:
            images = self._worst(self.attack, images, has_it)
        # In one pass: batch norm would give images with and without statistics of their own, by
        # which D would tell them. In eval mode they are the same for all.
        loss = 2 * (self.answer(images) - has_it).square().mean()
        self.descend(loss)
        self.count(len(images), {"L_D": loss})

    def _worst(self, attack: PGD, images: Tensor, has_it: Tensor) -> Tensor:
        """Moves images by up to the radius, some far and some hardly: those as they are stay known.

        The radius follows the epochs.
        """
        eps = attack.radius(self.current_epoch + 1, self.trainer.max_epochs or 1)
        rng = torch.default_generator
        self.network.requires_grad_(False).eval()
        moved = attack.attack(
            lambda given: (self.answer(given) - has_it).square().sum(),
            images,
            eps * torch.rand(len(images), 1, 1, 1, generator=rng),
            self.pixel_range,
            rng,
        )
        self.network.requires_grad_(True).train()
        return moved
