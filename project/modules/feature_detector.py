"""A D_1 or D_2 that knows its feature: trained on images with and without it, and attacked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from project.datamodules.batches import Batch
from project.losses.two_features import L_D
from project.modules.adversary import PGD
from project.modules.alternating import Term
from project.modules.stages import Stages
from project.modules.two_features import TwoFeaturesModule
from project.networks.dcgan import DCGAN


class FeatureDetectorModule(TwoFeaturesModule):
    """Least squares on photographs alone: those without the feature stand where (2) has fakes.

    The study's D_k learns to tell photographs from generated images, which is no feature; this one
    learns the feature. And as G_M will search for whatever satisfies it, it is trained on the worst
    images near each image (Madry et al. 2018): else G_M finds patterns in place of features.

    Its G is no rival of it, and shows in the grids what satisfies D.

    Args:
        network: G and D.
        highest: D's answers lie in [0, highest].
        stages: the weights of L_G and L_D; their real images are ``halves``.
        d_optimizer: parameters -> optimizer of D.
        g_optimizer: parameters -> optimizer of G.
        average_decay: decay of G's moving average per batch, in [0, 1).
        R1: weight of D's gradient penalty, per batch.
        R1_every: batches between two penalties.
        attack: the adversary; None trains on the images as they are.
        changes: images ``m x C x H x W`` in [0, 1] -> the same with the same feature, looking
            otherwise; None leaves them as they are.
    """

    def __init__(
        self,
        *,
        network: DCGAN,
        highest: float,
        stages: Stages,
        d_optimizer: Any,
        g_optimizer: Any,
        average_decay: float,
        R1: float,
        R1_every: int,
        attack: PGD | None,
        changes: Callable[[Tensor], Tensor] | None,
    ) -> None:
        super().__init__(
            network=network,
            highest=highest,
            stages=stages,
            d_optimizer=d_optimizer,
            g_optimizer=g_optimizer,
            average_decay=average_decay,
            R1=R1,
            R1_every=R1_every,
        )
        self.attack = attack
        self.changes = changes

    def d_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """(2), the first half of the batch having the feature and the second lacking it."""
        images, half = batch.images, len(batch.images) // 2
        if self.changes is not None:
            images = 2 * self.changes((images + 1) / 2) - 1
        if self.attack is not None:
            eps = self.attack.radius(self.current_epoch + 1, self.trainer.max_epochs or 1)
            images = self._worst(images, half, eps)
        # In one pass: batch norm would give each half statistics of its own, by which D would tell
        # them. In eval mode they are the same for all.
        answers = self.answer(images)
        terms = {"L_D": lambda: L_D(answers[:half], answers[half:])}
        return self.weighted("D", terms) | self.penalty(images)

    def g_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """(1). D answers in eval mode: its statistics are of photographs, and stay so."""
        self.discriminator.eval()
        terms = super().g_terms(batch, fake)
        self.discriminator.train()
        return terms

    def _worst(self, images: Tensor, half: int, eps: float) -> Tensor:
        """Moves images up to ``eps``, some far and some hardly: those as they are stay known."""
        assert self.attack is not None
        wanted = torch.zeros(len(images), device=images.device)
        wanted[:half] = 1
        rng = torch.default_generator
        self.discriminator.requires_grad_(False).eval()
        moved = self.attack.attack(
            lambda given: (self.answer(given) - wanted).square().sum(),
            images,
            eps * torch.rand(len(images), 1, 1, 1, generator=rng),
            self.pixel_range,
            rng,
        )
        self.discriminator.requires_grad_(True).train()
        return moved
