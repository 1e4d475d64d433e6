"""A GAN small enough to train by hand beside it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from project.datamodules.batches import Batch
from project.modules.alternating import AlternatingModule, Term

LATENT = 3
DECAY = 0.5
WEIGHTS = {"real": 1.0, "fake": 0.25, "g": 2.0, "penalty": 0.5}


def generator() -> nn.Module:
    """z ``N x 3`` -> images ``N x 1 x 2 x 2``, batch norm and all."""
    layers = nn.Sequential(nn.Linear(LATENT, 4), nn.BatchNorm1d(4), nn.Tanh())
    return nn.Sequential(layers, nn.Unflatten(1, (1, 2, 2)))


def discriminator() -> nn.Module:
    return nn.Sequential(
        nn.Flatten(), nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ELU(), nn.Linear(5, 1)
    )


class TinyGAN(AlternatingModule):
    """Least squares with weights; keeps what it was given, for the tests to look at."""

    pixel_range = (-1.0, 1.0)

    def __init__(self, *, d_optimizer: Any, g_optimizer: Any, average_decay: float) -> None:
        super().__init__(
            generator=generator(),
            discriminator=discriminator(),
            d_optimizer=d_optimizer,
            g_optimizer=g_optimizer,
            average_decay=average_decay,
        )
        self.seen: list[dict[str, Any]] = []

    def source(self, batch: Batch) -> Tensor:
        return torch.randn(len(batch.images), LATENT, dtype=batch.images.dtype)

    def sample_sources(self, count: int, seed: int) -> Tensor:
        return torch.randn(count, LATENT, generator=torch.Generator().manual_seed(seed))

    def d_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        self._look("D", fake)
        return {
            "L_real": Term(WEIGHTS["real"], (self.discriminator(batch.images) - 1).square().mean()),
            "L_fake": Term(WEIGHTS["fake"], self.discriminator(fake).square().mean()),
        }

    def g_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        self._look("G", fake)
        return {
            "L_G": Term(WEIGHTS["g"], (self.discriminator(fake) - 1).square().mean()),
            "penalty": Term(WEIGHTS["penalty"], fake.square().mean()),
        }

    def _look(self, step: str, fake: Tensor) -> None:
        weights = list(self.discriminator.parameters())
        self.seen.append(
            {
                "step": step,
                "fake": fake.detach().clone(),
                "graph": fake.requires_grad,
                "d_trains": {weight.requires_grad for weight in weights},
                "d_weights": [weight.detach().clone() for weight in weights],
            }
        )


def tiny(d_optimizer: Any, g_optimizer: Any) -> TinyGAN:
    torch.manual_seed(1)
    gan = TinyGAN(d_optimizer=d_optimizer, g_optimizer=g_optimizer, average_decay=DECAY)
    return gan.double()
