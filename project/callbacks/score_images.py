"""Further scores, each a function of pixels in a file of its own."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from lightning import Callback, LightningModule, Trainer
from torch import Tensor

from project.callbacks.progress import tell
from project.callbacks.schedule import due
from project.callbacks.watched import WEIGHTS, Choice, Generates, log_scores
from project.data.source import ImageSet
from project.metrics.own_score import OwnScore, number, told

PIXELS = "pixels"  # in the place of a backbone


class Score(OwnScore, Protocol):
    """A score of a set of images."""

    def __call__(self, images: Tensor) -> float:
        """Scores ``N x C x H x W`` uint8 images."""


class ScoreImages(Callback):
    """Scores G, its moving average and the real images by a score that was added.

    Args:
        score: the score.
        images: N.
        every_n_epochs: k; 0 scores at the end alone.
        seed: of the noise.
        batch_size: images generated at a time.
        training: the real images.
        module: what is trained.

    Raises:
        UserError: the score of the real images is no number.
    """

    def __init__(
        self,
        *,
        score: Score,
        images: int,
        every_n_epochs: float,
        seed: int,
        batch_size: int,
        training: ImageSet,
        module: Generates,
    ) -> None:
        self.score = score
        self.images = images
        self.every_n_epochs = every_n_epochs
        self.seed = seed
        self.batch_size = batch_size
        self.module = module
        self.real = self._of(torch.from_numpy(training.images[:images]))
        self.latest: dict[str, float] = {}

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Scores both generators and logs ``<scores>/pixels/<name>``."""
        if not due(trainer, self.every_n_epochs) or not trainer.is_global_zero:
            return
        tell(trainer, f"{self.score.name} of {self.images} images")
        sources = self.module.sample_sources(self.images, self.seed)
        for weights, kind in WEIGHTS.items():
            images = torch.cat(list(self.module.generate(sources, weights, self.batch_size)))
            self.latest[kind] = self._of(images.cpu())
        logged = {f"{k}/{PIXELS}/{self.score.name}": v for k, v in self.latest.items()}
        log_scores(trainer, logged, self.module.batches)

    def choices(self) -> dict[str, Choice]:
        """The score of the moving average."""
        name = self.score.name
        return {name: Choice(f"scores_average/{PIXELS}/{name}", "average", self.score.better)}

    def _of(self, images: Tensor) -> float:
        return number(self.score, self.score(images), len(images))

    def result(self) -> dict[str, Any]:
        """The last scores, that of the real images, and what the score is."""
        name = self.score.name
        found: dict[str, Any] = {k: {PIXELS: {name: v}} for k, v in self.latest.items()}
        about = told(self.score)
        return {
            **found,
            "references": {PIXELS: {"training": {name: self.real}}},
            "scored": {PIXELS: {"images": self.images, "seed": self.seed, "names": {name: about}}},
        }
