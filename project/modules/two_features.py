"""Study B's GANs: least squares on one feature, in alternation, and with three discriminators."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Protocol

import torch
from torch import Tensor

from project.datamodules.batches import Batch
from project.losses import two_features as losses
from project.modules.alternating import Term
from project.modules.from_noise import FromNoiseModule
from project.modules.gradient_penalty import gradient_penalty
from project.modules.stages import Stages
from project.modules.step_counter import MakeOptimizer
from project.networks.gan_network import GANNetwork
from project.penalties.penalty import is_due


class Answers(Protocol):
    """A D_1 or D_2."""

    def answer(self, images: Tensor) -> Tensor:
        """Says how surely each of ``m x C x H x W`` images has the feature: ``m`` in [0, 1]."""

    def to(self, device: torch.device) -> object:
        """Moves it to a device."""


class TwoFeaturesModule(FromNoiseModule):
    """DCGAN whose losses are weighted stage by stage (Study B, (1) to (16)).

    Args:
        network: G_M and D_M, or G and D of a single feature.
        highest: D's answers lie in [0, highest]: 1 for D, D_1 and D_2, 2 for D_M.
        stages: the weight of each term in each epoch.
        d_optimizer: parameters -> optimizer of D.
        g_optimizer: parameters -> optimizer of G.
        average_decay: decay of G's moving average per batch, in [0, 1).
        R1: weight of D's gradient penalty, per batch; 0 is the study's.
        R1_every: batches between two penalties.
        networks: D_1 and D_2, in this order, frozen; none where no term looks at them. They are no
            part of this module: neither its optimizers nor its checkpoints hold them.
    """

    def __init__(
        self,
        *,
        network: GANNetwork,
        highest: float,
        stages: Stages,
        d_optimizer: MakeOptimizer,
        g_optimizer: MakeOptimizer,
        average_decay: float,
        R1: float,
        R1_every: int,
        networks: Mapping[str, Answers],
    ) -> None:
        super().__init__(
            network=network,
            da=None,
            d_optimizer=d_optimizer,
            g_optimizer=g_optimizer,
            average_decay=average_decay,
        )
        self.highest = highest
        self.stages = stages
        self.R1 = R1
        self.R1_every = R1_every
        self._frozen = tuple(networks.values())

    def on_fit_start(self) -> None:
        """Moves D_1 and D_2 to the training device."""
        for module in self._frozen:
            module.to(self.device)

    def phase(self) -> Hashable:
        """The weights of the epoch, and whether the batch has the penalty."""
        weights = self.stages.weights(self.current_epoch)
        of_each = tuple(tuple(weights[network].items()) for network in ("G", "D"))
        return of_each, is_due(self.R1, self.R1_every, self.batches + 1)

    def answer(self, images: Tensor) -> Tensor:
        """What D says of images ``m x C x H x W`` in [-1, 1]: ``m`` numbers in [0, highest]."""
        # In fp32 under AMP as well: the losses are squares of small differences.
        logits: Tensor = self.discriminator(images)
        return self.highest * torch.sigmoid(logits.float())

    def d_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """(2), or (3) to (5), each with its weight, and the gradient penalty."""
        real, generated = self.answer(batch.images), self.answer(fake)
        terms: dict[str, Callable[[], Tensor]] = {
            "L_D": lambda: losses.L_D(real, generated),
            "L_DM1": lambda: losses.L_DM1(real),
            "L_DM2": lambda: losses.L_DM2(generated),
            "L_DM3": lambda: losses.L_DM3(generated, *self._of_each(fake)),
        }
        return self.weighted("D", terms) | self.penalty(batch.images)

    def g_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """(1), or (6) to (8), each with its weight."""
        generated = self.answer(fake)
        terms: dict[str, Callable[[], Tensor]] = {
            "L_G": lambda: losses.L_G(generated),
            "L_GM1a": lambda: losses.L_GM1a(generated),
            "L_GM1b": lambda: losses.L_GM1b(generated),
        }
        weights = self.stages.weights(self.current_epoch)["G"]
        if weights.get("L_GM2", 0.0) > 0 or weights.get("L_GM3", 0.0) > 0:
            of_each = self._of_each(fake)
            terms["L_GM2"] = lambda: losses.L_GM2(*of_each)
            terms["L_GM3"] = lambda: losses.L_GM3(*of_each)
            # Logged beside the losses; it has no gradient.
            flat = {"L_GM2_flat": Term(0.0, losses.flat(*of_each))}
            return self.weighted("G", terms) | flat
        return self.weighted("G", terms)

    def _of_each(self, images: Tensor) -> tuple[Tensor, Tensor]:
        one, two = (module.answer(images) for module in self._frozen)
        return one, two

    def penalty(self, real: Tensor) -> dict[str, Term]:
        """R1 of D's logits in every ``R1_every``-th batch: a D that is sure of all leads no G."""
        return gradient_penalty(
            self.R1,
            self.R1_every,
            self.batches + 1,
            real,
            lambda images: self.discriminator(images).float(),
        )

    def weighted(self, network: str, terms: dict[str, Callable[[], Tensor]]) -> dict[str, Term]:
        """Computes the terms that have a weight in this epoch."""
        weights = self.stages.weights(self.current_epoch)[network]
        return {
            name: Term(weights[name], value())
            for name, value in terms.items()
            if weights.get(name, 0.0) > 0
        }
