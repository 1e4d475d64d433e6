"""Scores the generator while it trains, and at the end."""

from __future__ import annotations

from typing import Any

import lightning
import torch

from project.callbacks.progress import tell
from project.callbacks.schedule import due
from project.errors import UserError
from project.metrics.backbone import Backbone
from project.metrics.score_images import score_images

WEIGHTS = {"generator": "scores", "average": "scores_average"}


class ScoreGenerator(lightning.Callback):
    """Inception Score of N generated images every k epochs (Study A, measure).

    G and its moving average are scored side by side, on the same noise at every epoch. Nothing
    here draws from the random states of the training: scored or not, the weights are the same.

    Args:
        backbone: the classifier behind p(y|x).
        images: N.
        every_n_epochs: k; 0 scores at the end alone.
        splits: numbers of splits; 1 is the study's formula.
        seed: of the noise and of the order in the splits.
        batch_size: images generated at a time.
    """

    def __init__(
        self,
        *,
        backbone: Backbone,
        images: int,
        every_n_epochs: int,
        splits: list[int],
        seed: int,
        batch_size: int,
    ) -> None:
        self.backbone = backbone
        self.images = images
        self.every_n_epochs = every_n_epochs
        self.splits = list(splits)
        self.seed = seed
        self.batch_size = batch_size
        self.latest: dict[str, dict[str, float]] = {}
        if images < max(self.splits, default=1):
            raise UserError(
                f"scored_images={images} are fewer than callbacks.score.splits={self.splits} asks "
                f"for. Score {max(self.splits)} images or more."
            )
        # Loaded at once: unfit weights must be reported before the first training step.
        self.network = backbone.load(torch.device("cpu"))

    def on_fit_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Moves the backbone to the training device."""
        self.network.to(module.device)

    def on_train_epoch_end(self, trainer: lightning.Trainer, module: Any) -> None:
        """Scores both generators and logs ``<scores>/<backbone>/<name>``."""
        if not due(trainer, self.every_n_epochs):
            return
        tell(trainer, f"scoring {self.images} images")
        sources = module.sample_sources(self.images, self.seed)
        logged: dict[str, float] = {}
        for weights, kind in WEIGHTS.items():
            batches = module.generate(sources, weights, self.batch_size)
            scores = score_images(batches, self.network, splits=self.splits, seed=self.seed)
            self.latest[kind] = scores
            logged |= {f"{kind}/{self.backbone.name}/{name}": v for name, v in scores.items()}
        # For BestCheckpoint; to the loggers by hand, in batches rather than optimizer steps.
        trainer.callback_metrics.update(
            {name: torch.tensor(v, dtype=torch.float64) for name, v in logged.items()}
        )
        for logger in trainer.loggers:
            logger.log_metrics({"epoch": trainer.current_epoch, **logged}, step=module.batches)

    def result(self) -> dict[str, Any]:
        """The last scores, by backbone, with what they were made from."""
        made_from = {
            "images": self.images,
            "seed": self.seed,
            "weights_hash": self.backbone.weights_hash,
        }
        return {
            **{kind: {self.backbone.name: scores} for kind, scores in self.latest.items()},
            "scored": {self.backbone.name: made_from},
        }
