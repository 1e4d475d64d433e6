"""Study A's GAN: an ordinary one, that only its data set is to improve."""

from __future__ import annotations

import torch
from torch import Tensor

from project.datamodules.batches import Batch
from project.losses.gan import L_G, L_D_fake, L_D_real
from project.modules.alternating import AlternatingModule, Term
from project.modules.step_counter import MakeOptimizer
from project.networks.dcgan import DCGAN


class GANModule(AlternatingModule):
    """DCGAN with binary cross-entropy on logits (Study A, GAN step and decisions).

    Args:
        network: generator and discriminator.
        d_optimizer: parameters -> optimizer of D.
        g_optimizer: parameters -> optimizer of G.
        average_decay: decay of G's moving average per batch, in [0, 1).
    """

    pixel_range = (-1.0, 1.0)

    def __init__(
        self,
        *,
        network: DCGAN,
        d_optimizer: MakeOptimizer,
        g_optimizer: MakeOptimizer,
        average_decay: float,
    ) -> None:
        super().__init__(
            generator=network.generator,
            discriminator=network.discriminator,
            d_optimizer=d_optimizer,
            g_optimizer=g_optimizer,
            average_decay=average_decay,
        )
        self.latent = network.latent

    def source(self, batch: Batch) -> Tensor:
        """Draws z ~ N(0, 1), ``m x latent``."""
        return torch.randn(len(batch.images), self.latent, device=self.device)

    def sample_sources(self, count: int, seed: int) -> Tensor:
        """Draws z with a generator of its own, which the training never sees."""
        return torch.randn(count, self.latent, generator=torch.Generator().manual_seed(seed))

    def d_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """L_D: real and generated images in passes of their own, as batch norm wants."""
        return {
            "L_D_real": Term(1.0, L_D_real(self.discriminator(batch.images))),
            "L_D_fake": Term(1.0, L_D_fake(self.discriminator(fake))),
        }

    def g_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """L_G, the non-saturating form."""
        return {"L_G": Term(1.0, L_G(self.discriminator(fake)))}
