"""A GAN that turns noise into images."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from project.da.policy import DIFFERENTIABLE, ONLINE, Policy
from project.datamodules.batches import Batch
from project.errors import UserError
from project.modules.alternating import AlternatingModule
from project.modules.augmented import Augmentation, AugmentedDiscriminator
from project.modules.step_counter import MakeOptimizer
from project.networks.gan_network import GANNetwork, judge_real


class FromNoiseModule(AlternatingModule):
    """G turns z ~ N(0, 1) into images, and D may see them augmented.

    A study fills in `d_terms` and `g_terms`.

    Args:
        network: generator and discriminator.
        da: the DA policy, for the modes in which kinds are drawn anew; None: no such mode.
        d_optimizer: parameters -> optimizer of D.
        g_optimizer: parameters -> optimizer of G.
        average_decay: decay of G's moving average per batch, in [0, 1).
    """

    pixel_range = (-1.0, 1.0)
    undecided = 0.0  # D's logit where it cannot tell

    def __init__(
        self,
        *,
        network: GANNetwork,
        da: Policy | None,
        d_optimizer: MakeOptimizer,
        g_optimizer: MakeOptimizer,
        average_decay: float,
    ) -> None:
        drawn = None
        if da is not None and da.drawn_anew:
            drawn = Augmentation(da=da, black=self.pixel_range[0], white=self.pixel_range[1])
        discriminator: nn.Module = network.discriminator
        if drawn is not None and drawn.da.mode == DIFFERENTIABLE:
            discriminator = AugmentedDiscriminator(network=discriminator, augmentation=drawn)
        super().__init__(
            generator=network.generator,
            discriminator=discriminator,
            d_optimizer=d_optimizer,
            g_optimizer=g_optimizer,
            average_decay=average_decay,
        )
        self.latent = network.latent
        self.online = drawn if drawn is not None and drawn.da.mode == ONLINE else None
        self._watched = False

    @property
    def augmentation(self) -> Augmentation | None:
        """What is drawn anew; None where nothing is."""
        seen = self.discriminator
        return seen.augmentation if isinstance(seen, AugmentedDiscriminator) else self.online

    def on_train_epoch_start(self) -> None:
        """Has each process draw on its own."""
        if self.augmentation is not None:
            self.augmentation.begin(self.current_epoch, self.global_rank)

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Online: augments the real images that are about to be shown."""
        if self.online is not None:
            # As offline: what is brighter than white, no generated image could be.
            batch.images.copy_(self.online(batch.images).clamp_(*self.pixel_range))

    def on_real(self, images: Tensor) -> Tensor:
        """Returns D's logits on the real images of its step, by which an adaptive p is moved."""
        return self.judge_real(images)[0]

    def judge_real(self, images: Tensor, *labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The same, and by name what D itself adds to its loss."""
        logits, own = judge_real(self.discriminator, images, *labels)
        if self.augmentation is not None:
            self.augmentation.watch(logits - self.undecided)
            self._watched = True
        return logits, own

    def count(self, images: int, losses: dict[str, Tensor]) -> None:
        """Counts a batch, and logs an adaptive p beside its terms.

        Raises:
            UserError: the terms do not let it follow D.
        """
        augmentation = self.augmentation
        if augmentation is not None and augmentation.adaptive:
            if not self._watched:
                raise UserError(
                    f"{type(self).__name__} does not let da.p=adaptive follow D: let its d_terms "
                    "take D's logits on real images from self.on_real(batch.images)."
                )
            losses = {**losses, "da_p": augmentation.p}
        super().count(images, losses)

    def source(self, batch: Batch) -> Tensor:
        """Draws z ~ N(0, 1), ``m x latent``."""
        return torch.randn(len(batch.images), self.latent, device=self.device)

    def sample_sources(self, count: int, seed: int) -> Tensor:
        """Draws z with a generator of its own, which the training never sees."""
        return torch.randn(count, self.latent, generator=torch.Generator().manual_seed(seed))
