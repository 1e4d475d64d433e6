"""Scores the generator while it trains, and at the end."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import lightning
import torch
from rich.console import Console

from project.backbones.backbone import Backbone
from project.callbacks.progress import tell
from project.callbacks.schedule import due
from project.callbacks.watched import (
    WEIGHTS,
    Choice,
    Generates,
    TellsClasses,
    chosen_by,
    log_scores,
)
from project.data.class_labels import Classes
from project.data.source import ImageSet, ImageSource
from project.errors import UserError, nearest
from project.metrics.by_class import ByClass
from project.metrics.inception_score import inception_scores
from project.metrics.measures import Measures
from project.metrics.pictures import Pictures, Treatment
from project.metrics.references import References
from project.metrics.score_images import collect
from project.metrics.wanted_class import WantedClass

console = Console(stderr=True)
SCORED = ("both", "average", "average_alone")


class ScoreGenerator(lightning.Callback):
    """All measures of N generated images every k epochs (Study A, measure and open points).

    G and its moving average are scored side by side, on the same noise at every epoch, against the
    originals. Nothing here draws from the random states of the training: scored or not, the
    weights are the same.

    Args:
        backbone: the classifier behind p(y|x).
        measures: which measures.
        treatments: DA kinds, whose treated originals are rows to compare with.
        wanted_class: ImageNet classes that are wanted; ``auto``: those of the data set; None: none.
        images: N.
        every_n_epochs: k; 0 scores at the end alone.
        weights: ``both``; ``average`` leaves G itself out until the end, ``average_alone`` there,
            too.
        seed: of the noise.
        batch_size: images generated at a time.
        cache: folder of the real images' features.
        source: where real images come from that are not trained on.
        training: the originals.
        classes: those that G is told; None where it is told none.
        module: what is trained.

    Raises:
        UserError: the weights are unknown, or the images too few.
    """

    def __init__(
        self,
        *,
        backbone: Backbone,
        measures: Measures,
        treatments: Mapping[str, Treatment],
        wanted_class: Sequence[str] | str | None,
        images: int,
        every_n_epochs: float,
        weights: str,
        seed: int,
        batch_size: int,
        cache: str | Path,
        source: ImageSource,
        training: ImageSet,
        classes: Classes | None,
        module: Generates,
    ) -> None:
        if weights not in SCORED:
            raise UserError(f"scored_weights={weights} is unknown. {nearest(weights, SCORED)}")
        self.weights = weights
        self.source = source
        self.training = training
        self.module = module
        self.backbone = backbone
        self.measures = measures
        self.treatments = dict(treatments)
        self.wanted_class = wanted_class
        self.images = images
        self.every_n_epochs = every_n_epochs
        self.seed = seed
        self.batch_size = batch_size
        self.cache = Path(cache)
        self.references: References | None = None
        self.seconds = 0.0  # that looking at the real images took, or waiting for who did
        self.left_out: str | None = None
        self.latest: dict[str, dict[str, float]] = {}
        self.by_class = classes and ByClass(
            names=[*classes.counts], labels=classes.labels, images=training.names, measures=measures
        )
        self.latest_by_class: dict[str, dict[str, float]] = {}
        measures.check(images, f"scored_images={images}")
        wanted_classes(wanted_class, None, backbone)
        # Loaded at once: unfit weights must be reported before the first training step.
        self.network = backbone.load(torch.device("cpu"))

    def on_fit_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Moves the backbone to the training device; looks at the real images, once for a sweep."""
        if not trainer.is_global_zero:
            return
        self.network.to(pl_module.device)
        originals = self.training.images
        if len(originals) < self.measures.least:
            # A GAN may be tried out on a handful of pictures; only the comparison needs more.
            self.left_out = (
                f"{len(originals)} originals are fewer than the {self.measures.least} that "
                "generated images can be compared with: the Inception Score alone is computed."
            )
            console.print(self.left_out)
            return
        begun = time.monotonic()
        self.references = References(
            training=Pictures.of(originals, self.batch_size),
            held_out=Pictures.of(self.source.held_out(self.images).images, self.batch_size),
            treatments=self.treatments,
            network=self.network,
            backbone=self.backbone,
            measures=self.measures,
            wanted=wanted_classes(self.wanted_class, self.source, self.backbone),
            images=self.images,
            cache=self.cache,
        )
        self.seconds = round(time.monotonic() - begun, 1)

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Scores both generators and logs ``<scores>/<backbone>/<name>``."""
        if due(trainer, self.every_n_epochs) and trainer.is_global_zero:
            log_scores(trainer, self._score(trainer), self.module.batches)

    def choices(self) -> dict[str, Choice]:
        """Scores of the moving average, which is scored whenever anything is."""
        least = self.measures.least
        if len(self.training.images) < least:
            return {}
        names = ["fid", "kid", "precision", "recall", "density", "coverage", "near_copy_share"]
        if min(self.images, len(self.source.left_over)) >= least:
            names += ["fid_held_out", "kid_held_out"]
        names += [f"leak_{kind}" for kind in self.treatments]
        names += self.measures.names
        if wanted_classes(self.wanted_class, self.source, self.backbone).known:
            names.append("wanted_class_probability")
        return chosen_by(names, f"scores_average/{self.backbone.name}", "average")

    def _score(self, trainer: lightning.Trainer) -> dict[str, float]:
        tell(trainer, f"scoring {self.images} images")
        module = self.module
        sources = module.sample_sources(self.images, self.seed)
        logged: dict[str, float] = {}
        last = trainer.current_epoch + 1 == trainer.max_epochs
        whole = last and self.weights == "average"
        for weights, kind in WEIGHTS.items():
            if weights == "generator" and not (self.weights == "both" or whole):
                continue
            batches = module.generate(sources, weights, self.batch_size)
            passed = collect(batches, self.network)
            if self.references is None:
                scores = inception_scores(
                    passed.logits, splits=self.measures.splits, seed=self.seed
                )
            else:
                scores = self.references.score(passed)
                if self.by_class and isinstance(module, TellsClasses):
                    real, numbers = self.references.real.features, module.classes_of(sources)
                    self.latest_by_class = self.by_class.scores(passed.features, numbers, real)
            self.latest[kind] = scores
            logged |= {f"{kind}/{self.backbone.name}/{name}": v for name, v in scores.items()}
        return logged

    def result(self) -> dict[str, Any]:
        """The last scores and the rows to read them against, by backbone, with their settings."""
        found: dict[str, Any] = {
            kind: {self.backbone.name: scores} for kind, scores in self.latest.items()
        }
        made_from: dict[str, Any] = {
            "images": self.images,
            "seed": self.seed,
            "splits": self.measures.splits,
            "neighbours": self.measures.neighbours,
            "weights_hash": self.backbone.weights_hash,
            **({"left_out": self.left_out} if self.left_out else {}),
            **({"names": self.measures.names} if self.measures.more else {}),
        }
        if self.latest_by_class:
            found["scores_by_class"] = {self.backbone.name: self.latest_by_class}
        if self.references is not None:
            found["references"] = {self.backbone.name: self.references.rows}
            made_from["reference_images"] = self.references.counts
            made_from["leak_accuracy"] = self.references.leak.accuracies
            made_from["copies_among_real_images"] = self.references.memorisation.copies
        found["reference_seconds"] = self.seconds
        return {**found, "scored": {self.backbone.name: made_from}}


def wanted_classes(
    wanted: Sequence[str] | str | None, source: ImageSource | None, backbone: Backbone
) -> WantedClass:
    """Returns the wanted classes: named by the user, or those of the data set.

    Raises:
        UserError: the user named what ImageNet lacks.
    """
    if wanted == "auto":
        names = source.breeds if source is not None else ()
        return WantedClass(names, strict=False, imagenet=backbone.imagenet)
    listed = [wanted] if isinstance(wanted, str) else list(wanted or ())
    return WantedClass(listed, strict=True, imagenet=backbone.imagenet)
