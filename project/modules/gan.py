"""Study A's GAN: an ordinary one, that only its data set is to improve."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from project.da.policy import Policy
from project.data.class_labels import Classes
from project.datamodules.batches import Batch
from project.errors import UserError
from project.losses.adversarial import Adversarial
from project.losses.precision import at_least_float32
from project.modules.alternating import Term, without_graph
from project.modules.from_noise import FromNoiseModule
from project.modules.step_counter import MakeOptimizer
from project.networks.conditional import told
from project.networks.gan_network import GANNetwork
from project.penalties.penalty import Penalty, Seen


class GANModule(FromNoiseModule):
    """An adversarial loss, and penalties on D (Study A, GAN step and decisions).

    Args:
        network: generator and discriminator.
        classes: those that both are told; None where they are told none.
        loss: of D and G, on D's logits.
        penalties: by name; none is the study's.
        da: the DA policy, for the modes in which kinds are drawn anew; None: no such mode.
        d_optimizer: parameters -> optimizer of D.
        g_optimizer: parameters -> optimizer of G.
        average_decay: decay of G's moving average per batch, in [0, 1).
    """

    def __init__(
        self,
        *,
        network: GANNetwork,
        classes: Classes | None,
        loss: Adversarial,
        penalties: Mapping[str, Penalty],
        da: Policy | None,
        d_optimizer: MakeOptimizer,
        g_optimizer: MakeOptimizer,
        average_decay: float,
    ) -> None:
        super().__init__(
            network=told(network, len(classes.counts)) if classes else network,
            da=da,
            d_optimizer=d_optimizer,
            g_optimizer=g_optimizer,
            average_decay=average_decay,
        )
        self.loss = loss
        undecided = getattr(loss, "undecided", None)
        if self.augmentation is not None and self.augmentation.adaptive and undecided is None:
            raise UserError(
                "da.p=adaptive follows the signs of D's logits, which say nothing with this loss. "
                "Allowed: loss=bce, hinge, least_squares; or a number for da.p."
            )
        self.undecided = undecided or 0.0
        self.classes = classes
        self.penalties = nn.ModuleDict(penalties)

    def phase(self) -> Hashable:
        """Which penalties the batch has, if there are any."""
        return tuple(self._due()) if self.penalties else None

    def _due(self) -> dict[str, Penalty]:
        return {
            name: penalty
            for name, penalty in self.penalties.items()
            if isinstance(penalty, Penalty) and penalty.is_due(self.batches + 1)
        }

    def source(self, batch: Batch) -> Tensor:
        """Draws z ~ N(0, 1), ``m x latent``; the classes are those of the batch."""
        z = super().source(batch)
        return self._with_classes(z, batch.labels[:, 0]) if self.classes else z

    def sample_sources(self, count: int, seed: int) -> Tensor:
        """Draws z, the same for the same seed; classes in order, as many as in the training set."""
        z = super().sample_sources(count, seed)
        if not self.classes:
            return z
        ends = np.cumsum([*self.classes.counts.values()])
        places = (np.arange(count) + 0.5) * ends[-1] / count
        return self._with_classes(z, torch.from_numpy(np.searchsorted(ends, places, side="right")))

    def classes_of(self, sources: Tensor) -> Tensor:
        """Returns the number of the class of each source, ``m``; only where there are classes."""
        return sources[:, self.latent :].argmax(1)

    def _with_classes(self, z: Tensor, labels: Tensor) -> Tensor:
        assert self.classes is not None
        weights = torch.zeros(len(z), len(self.classes.counts), dtype=z.dtype, device=z.device)
        return torch.cat([z, weights.scatter_(1, labels[:, None], 1.0)], dim=1)

    def d_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """L_D: real and generated images in passes of their own, as batch norm wants."""
        labels = self._labels(batch)
        on_real, own = self.judge_real(batch.images, *labels)
        on_fake = self.discriminator(fake, *labels)
        on_real, on_fake = at_least_float32(on_real), at_least_float32(on_fake)
        terms = {name: Term(1.0, value) for name, value in self.loss.D(on_real, on_fake).items()}
        terms |= {name: Term(1.0, value) for name, value in own.items()}
        seen = Seen(
            batch.images, fake, on_real, on_fake, lambda images: self.discriminator(images, *labels)
        )
        for name, penalty in self._due().items():
            terms[name] = Term(penalty.weight * penalty.every, penalty(seen))
        return terms

    def g_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """L_G of the loss that was chosen; the study's is the non-saturating one."""
        labels = self._labels(batch)
        on_real = without_graph(self.discriminator, batch.images, *labels)
        on_fake = at_least_float32(self.discriminator(fake, *labels))
        return {"L_G": Term(1.0, self.loss.G(on_fake, on_real))}

    def _labels(self, batch: Batch) -> tuple[Tensor, ...]:
        return (batch.labels[:, 0],) if self.classes else ()
