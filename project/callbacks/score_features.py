"""How many generated faces have both features? Asked while training, and at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch
from lightning import Callback, LightningModule, Trainer

from project.callbacks.exact_resume import csv_logs
from project.callbacks.progress import tell
from project.callbacks.schedule import due, falls_due
from project.callbacks.watched import WEIGHTS, Choice, Generates, chosen_by, log_scores
from project.data.features import two_held
from project.data.source import ImageSet
from project.metrics.attribute_judges import (
    SHARES,
    AttributeJudge,
    Judges,
    base_rates,
    with_intervals,
)


class Selection(Protocol):
    """What a GAN of two features is trained on."""

    features: Sequence[str]


class ScoreFeatures(Callback):
    """Scores G and its moving average with attribute classifiers (Study B, measure).

    One classifier is for looking and tuning; the other scores the final images alone. Nothing here
    draws from the random states of the training.

    Args:
        looking: the first, by its run's name.
        final: the second.
        images: N.
        every_n_epochs: k; 0 scores at the end alone.
        last_epochs: over how many epochs the final scores are averaged. Solution 1 swings between
            its two features, so that its last odd and its last even epoch count.
        seed: of the noise.
        batch_size: images generated at a time.
        judges: modules of the attribute classifiers, by name.
        training: real images.
        task: with the two features.
        module: what is trained.
    """

    def __init__(
        self,
        *,
        looking: str,
        final: str,
        images: int,
        every_n_epochs: int,
        last_epochs: int,
        seed: int,
        batch_size: int,
        judges: Mapping[str, Judges],
        training: ImageSet,
        task: Selection,
        module: Generates,
    ) -> None:
        self.module = module
        names = {"attributes_looking": looking, "attributes": final}
        self.images = images
        self.every_n_epochs = every_n_epochs
        self.last_epochs = last_epochs
        self.seed = seed
        self.batch_size = batch_size
        held = two_held(task.features, training)
        real = torch.from_numpy(training.images[held.all(axis=1)])
        self.judges = {kind: AttributeJudge.of(judges, one, real) for kind, one in names.items()}
        self.reference = {"labels": base_rates(torch.from_numpy(held))}
        # Epoch, of the last ones -> <weights>/<judge> -> scores.
        self.last: dict[str, dict[str, dict[str, float]]] = {}

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Scores real images."""
        for kind, judge in self.judges.items():
            self.reference[kind] = judge.score_real()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Logs what the first classifier says; asks both after the last epochs."""
        self._forget_former_ends(trainer)
        left = int(trainer.max_epochs or 1) - trainer.current_epoch
        last = left <= self.last_epochs
        if not last and not due(trainer, self.every_n_epochs):
            return
        tell(trainer, f"scoring {self.images} images")
        module = self.module
        sources = module.sample_sources(self.images, self.seed)
        found: dict[str, dict[str, float]] = {}
        for weights, kind in WEIGHTS.items():
            images = torch.cat(list(module.generate(sources, weights, self.batch_size))).cpu()
            for name, judge in self.judges.items():
                if last or name == "attributes_looking":
                    found[f"{kind}/{name}"] = judge.score(images)
        if last:
            self.last[str(trainer.current_epoch)] = found
        logged = {
            f"{place}/{name}": value
            for place, scores in found.items()
            if place.endswith("_looking")
            for name, value in scores.items()
        }
        log_scores(trainer, logged, module.batches)

    def choices(self) -> dict[str, Choice]:
        """Scores of the moving average by the first classifier: the other one is for no choice."""
        few = len(self.judges["attributes_looking"].real) < 2
        names = SHARES if few else (*SHARES, "feature_distance", "coverage")
        return chosen_by(names, "scores_average/attributes_looking", "average")

    def _forget_former_ends(self, trainer: Trainer) -> None:
        """Drops the scores of epochs that were the last before the training was made longer."""
        epochs = trainer.max_epochs or 1
        for epoch in [e for e in self.last if int(e) < epochs - self.last_epochs]:
            del self.last[epoch]
            if not falls_due(int(epoch) + 1, epochs, self.every_n_epochs):
                for table in csv_logs(trainer):
                    table.take_back_scores(int(epoch))

    def state_dict(self) -> dict[str, Any]:
        """Keeps the scores of the last epochs for a resume between them."""
        return {"last": self.last}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes them up again."""
        self.last = state_dict["last"]

    def result(self) -> dict[str, Any]:
        """The final scores by classifier, and those of real images."""
        found: dict[str, Any] = {kind: {} for kind in WEIGHTS.values()}
        rows = list(self.last.values())
        for place in rows[0] if rows else ():
            kind, name = place.split("/")
            found[kind][name] = with_intervals([row[place] for row in rows], self.images)
        made_from = {"images": self.images, "seed": self.seed, "epochs": len(self.last)}
        return {**found, "reference": self.reference, "scored": {"attributes": made_from}}
