"""Study C, stable on all ten digits: D knows the label, and nothing compares G(x) with 1 - x."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from project.data.source import ImageSet
from project.datamodules.batches import Batch
from project.errors import UserError
from project.losses.adversarial import Adversarial, halved
from project.modules.alternating import Term, without_graph
from project.modules.gradient_penalty import gradient_penalty
from project.modules.jitter import shift_each
from project.modules.reversed_digits import ReversedDigitsModule, both
from project.modules.step_counter import MakeOptimizer
from project.penalties.penalty import is_due


class StableReversedDigitsModule(ReversedDigitsModule):
    """Study C's game with a labelled discriminator; a weight of 0 leaves its term out.

    Args:
        network: generator and labelled discriminator.
        adversarial: the losses of D and G on D's logits.
        d_optimizer: parameters -> optimizer of D.
        g_optimizer: parameters -> optimizer of G.
        average_decay: decay of G's moving average per batch, in [0, 1).
        halve_after: batches after which the learning rates are halved; twice as many more bring
            a quarter, by ``1 / (1 + t / halve_after)``; null keeps them.
        shift_pixels: G's inputs are moved by up to so many pixels, each by itself.
        auxiliary_noise: standard deviation of the noise on the auxiliary classifier's images.
        R1_every: batches between two penalties.
        L_G: weight of G's adversarial loss.
        L_wrong: weight of D's loss on real images with a wrong label, which it is to refuse.
        L_C: weight of the auxiliary classifier's cross-entropy on G(x), in G's loss.
        R1: weight of D's gradient penalty, per batch.
        L_1: weight of the mean absolute difference between G(x) and 1 - x, in G's loss: the
            comparison that this study does without.
        testing: the images that are reversed for looking and scoring.

    Raises:
        UserError: ``halve_after`` is below 1.
    """

    def __init__(
        self,
        *,
        network: Any,
        adversarial: Adversarial,
        d_optimizer: MakeOptimizer,
        g_optimizer: MakeOptimizer,
        average_decay: float,
        halve_after: int | None,
        shift_pixels: int,
        auxiliary_noise: float,
        R1_every: int,
        L_G: float,
        L_wrong: float,
        L_C: float,
        R1: float,
        L_1: float,
        testing: ImageSet,
    ) -> None:
        super().__init__(
            network=network,
            adversarial=adversarial,
            d_optimizer=d_optimizer,
            g_optimizer=g_optimizer,
            average_decay=average_decay,
            testing=testing,
        )
        if halve_after is not None and halve_after < 1:
            raise UserError(f"module.halve_after={halve_after} is not allowed. Give 1 or more.")
        classes: int = network.discriminator.classes
        if L_wrong and classes < 10:
            raise UserError(
                f"network.classes={classes} is not allowed with module.L_wrong={L_wrong}: a wrong "
                "label would look like the right one. Give network.classes=10, or module.L_wrong=0."
            )
        self.pack: int = network.discriminator.pack
        self.halve_after = halve_after
        self.shift_pixels = shift_pixels
        self.auxiliary_noise = auxiliary_noise
        self.R1_every = R1_every
        self.weights = {"L_G": L_G, "L_wrong": L_wrong, "L_C": L_C, "R1": R1, "L_1": L_1}

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        """Lowers the learning rates: a function of the batch alone, so a resume is exact."""
        if self.halve_after is not None:
            optimizers: Any = self.optimizers()
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = optimizer.defaults["lr"] / (1 + self.batches / self.halve_after)

    def phase(self) -> Hashable:
        """Whether the batch has the penalty."""
        return is_due(self.weights["R1"], self.R1_every, self.batches + 1)

    def source(self, batch: Batch) -> Tensor:
        """The batch's own images x, each moved a little."""
        return shift_each(batch.images, self.shift_pixels)

    def d_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """L_D on own labels; L_wrong on others; the auxiliary classifier on real images; R1."""
        rows, labels, real = self._packed(batch)
        on_real, on_fake = both(self.discriminator, real, fake[rows], labels, batch.images[rows])
        terms = {"L_D": Term(1.0, halved(self.adversarial.D(on_real, on_fake)))}
        if self.weights["L_wrong"]:
            away = torch.randint(1, 10, (len(rows) // self.pack,), device=self.device)
            wrong = (labels + away.repeat_interleave(self.pack)) % 10
            refused = self.discriminator(real, wrong, batch.images[rows])
            terms["L_wrong"] = Term(self.weights["L_wrong"], F.softplus(refused).mean())
        if self.weights["L_C"]:
            terms["L_C_real"] = Term(1.0, self._auxiliary(real, labels))
        return terms | gradient_penalty(
            self.weights["R1"],
            self.R1_every,
            self.batches + 1,
            real,
            lambda images: self.discriminator(images, labels, batch.images[rows]),
        )

    def g_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """L_G, and the auxiliary classifier's cross-entropy: does G(x) show the digit of x?"""
        rows, labels, real = self._packed(batch)
        terms = {}
        if self.weights["L_G"]:
            known = labels, batch.images[rows]
            on_fake = self.discriminator(fake[rows], *known)
            on_real = without_graph(self.discriminator, real, *known)
            terms["L_G"] = Term(self.weights["L_G"], self.adversarial.G(on_fake, on_real))
        if self.weights["L_C"]:
            terms["L_C"] = Term(self.weights["L_C"], self._auxiliary(fake[rows], labels))
        if self.weights["L_1"]:
            terms["L_1"] = Term(self.weights["L_1"], (fake[rows] - real).abs().mean())
        return terms

    def _packed(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Brings images of one label together: rows, their labels, and 1 - x of them."""
        labels = batch.labels[:, 0]
        rows = labels.argsort(stable=True)[: len(labels) // self.pack * self.pack]
        return rows, labels[rows], 1 - batch.images[rows]

    def _auxiliary(self, images: Tensor, labels: Tensor) -> Tensor:
        pixels = 2 * images - 1
        noisy = pixels + self.auxiliary_noise * torch.randn_like(pixels)
        discriminator: Any = self.discriminator
        return F.cross_entropy(discriminator.auxiliary(noisy), labels)
