"""A classifier, trained as Study D trains it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from project.data.source import ImageSet
from project.datamodules.batches import Batch
from project.errors import UserError
from project.modules.jitter import shift
from project.modules.scheduled import ScheduledModule
from project.modules.schedules import Schedule
from project.modules.step_counter import MakeOptimizer


class ClassifierModule(ScheduledModule):
    """Cross-entropy on labelled images (Study D, classifiers).

    Args:
        network: images ``m x 1 x H x W`` in [0, 1] -> logits ``m x K``.
        optimizer: parameters -> optimizer.
        schedule: optimizer and number of batches -> schedule of the learning rate.
        label_smoothing: share of the target that is spread over all classes, in [0, 1).
        shift_pixels: every batch is moved by up to so many pixels; 0 leaves it.
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
        training: ImageSet | None,
    ) -> None:
        super().__init__(network=network, optimizer=optimizer, schedule=schedule)
        self._training = training
        self.label_smoothing = label_smoothing
        self.shift_pixels = shift_pixels

    def setup(self, stage: str) -> None:
        """Checks that the network has a class for every label.

        Raises:
            UserError: it has too few.
        """
        assert self._training is not None, "without images nothing is trained"
        highest = self.highest_label(int(self._training.labels.max()))
        classes = self.predict(torch.zeros(1, *self._training.images.shape[1:])).shape[1]
        if highest >= classes:
            raise UserError(
                f"The labels go up to {highest}, but the network tells {classes} classes apart. "
                f"Give network.classes={highest + 1}, or fewer classes with data.digits=[...]."
            )

    def highest_label(self, of_images: int) -> int:
        """Returns the highest label that is trained on, given that of the images."""
        return of_images

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """One step on the cross-entropy."""
        images, labels = self.prepare(batch)
        loss = F.cross_entropy(self.network(images), labels, label_smoothing=self.label_smoothing)
        self.descend(loss)
        self.count(len(batch.images), {"L_CE": loss})

    def prepare(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Returns what is trained on: images ``m x 1 x H x W`` and their classes ``m``."""
        images = shift(batch.images, self.shift_pixels, torch.default_generator)
        return images, batch.labels[:, 0]

    @torch.no_grad()
    def predict(self, images: Tensor) -> Tensor:
        """Returns the logits ``N x K`` of ``N x 1 x H x W`` images in [0, 1], on the CPU."""
        training = self.network.training
        self.network.eval()
        try:
            parts = [self.network(some.to(self.device)) for some in torch.split(images, 500)]
        finally:
            self.network.train(training)
        return torch.cat(parts).cpu()
