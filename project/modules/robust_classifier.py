"""A classifier with a noise label, trained against what the inversion would find in it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from project.data.source import ImageSet
from project.datamodules.batches import Batch
from project.modules.adversary import PGD
from project.modules.classifier import ClassifierModule
from project.modules.failure_pool import FailurePool
from project.modules.noise import NoiseKinds
from project.modules.schedules import Schedule
from project.modules.step_counter import MakeOptimizer


class RobustClassifierModule(ClassifierModule):
    """Cross-entropy on digits and on noise, both attacked (Study D, the noise label).

    Each of the three, noise, attack and pool, is switched off by null.

    Args:
        network: images -> logits of ten digits and the noise label.
        optimizer: parameters -> optimizer.
        schedule: optimizer and number of batches -> schedule.
        label_smoothing: in [0, 1).
        shift_pixels: every batch is moved by up to so many pixels.
        noise: kinds of noise.
        noise_images: noise images per batch.
        noise_label: the class that noise belongs to.
        attack: the adversary of digits and noise.
        pool: the inversion's own failures, which are fed back as noise.
        training: images that are trained on; None where the classifier is only asked.
    """

    def __init__(
        self,
        *,
        network: nn.Module,
        optimizer: MakeOptimizer,
        schedule: Schedule,
        label_smoothing: float,
        shift_pixels: int,
        noise: NoiseKinds | None,
        noise_images: int,
        noise_label: int,
        attack: PGD | None,
        pool: FailurePool | None,
        training: ImageSet | None,
    ) -> None:
        super().__init__(
            network=network,
            optimizer=optimizer,
            schedule=schedule,
            label_smoothing=label_smoothing,
            shift_pixels=shift_pixels,
            training=training,
        )
        self.noise = noise
        self.noise_images = noise_images
        self.noise_label = noise_label
        self.attack = attack
        self.pool = pool

    def highest_label(self, of_images: int) -> int:
        """The noise label counts where there is noise or a pool."""
        noisy = self.noise is not None or self.pool is not None
        return max(of_images, self.noise_label) if noisy else of_images

    def follows_length(self) -> str:
        """The adversary's radius, and the schedule."""
        return "module.attack" if self.attack is not None else super().follows_length()

    def prepare(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Adds noise, attacks digits and noise, adds the pool's failures as they are."""
        images, labels = super().prepare(batch)
        rng = torch.default_generator
        self.network.requires_grad_(False)
        if self.noise is not None:
            drawn = self.noise.draw(images[: self.noise_images], rng)
            images, labels = torch.cat([images, drawn]), self._with_noise(labels, len(drawn))
        if self.attack is not None:
            eps = self.attack.radius(self.batches + 1, self.all_batches)
            images = self.attack.attack(self._wrong(labels), images, eps, (0.0, 1.0), rng)
        if self.pool is not None:
            failures = self.pool.draw(self.network, rng)
            images, labels = torch.cat([images, failures]), self._with_noise(labels, len(failures))
        self.network.requires_grad_(True)
        return images, labels

    def _wrong(self, labels: Tensor) -> Callable[[Tensor], Tensor]:
        return lambda images: F.cross_entropy(self.network(images), labels, reduction="sum")

    def _with_noise(self, labels: Tensor, count: int) -> Tensor:
        return torch.cat([labels, labels.new_full((count,), self.noise_label)])
