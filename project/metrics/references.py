"""The rows that scores are read against: real images, others of them, and the treated ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from project.backbones.backbone import Backbone
from project.backbones.frozen_network import FrozenNetwork
from project.data.once import with_progress
from project.metrics.feature_cache import cached_features
from project.metrics.leak import TRAINED, LeakDetector
from project.metrics.measures import Measures
from project.metrics.memorisation import Memorisation
from project.metrics.pictures import Pictures, Treatment
from project.metrics.score_images import Passed, collect
from project.metrics.wanted_class import WantedClass


class References:
    """Scores images against the real training images, and the audit of them (Study A).

    All of it is computed from features that are cached by the images and the backbone.

    Args:
        training: the real training images, untreated.
        held_out: real images that were not trained on; None where there are none.
        treatments: DA kinds by name.
        network: the backbone's network.
        backbone: whose name and weights' hash the cache goes by.
        measures: which measures.
        wanted: which ImageNet classes the images should be of.
        images: N, the number of images that each row is of, or as many as there are.
        cache: folder of the cached features.

    Raises:
        UserError: the real images are too few, or the cache cannot be written.
    """

    def __init__(
        self,
        *,
        training: Pictures,
        held_out: Pictures | None,
        treatments: Mapping[str, Treatment],
        network: FrozenNetwork,
        backbone: Backbone,
        measures: Measures,
        wanted: WantedClass,
        images: int,
        cache: Path,
    ) -> None:
        measures.check(training.count, f"The {training.count} real images to compare with")
        self.measures = measures
        self.wanted = wanted
        self._network = network
        self._backbone = backbone
        self._folder = cache / "features"
        passed = self.passed(training)
        others = None if held_out is None or held_out.count == 0 else self.passed(held_out)
        # Where matrices are multiplied; Apple's devices lack double precision.
        device = next((p.device for p in network.parameters()), torch.device("cpu"))
        self._device = device if device.type == "cuda" else torch.device("cpu")
        unseen = others.features.to(self._device) if others else None
        self.real = measures.real(passed.features.to(self._device))
        enough = unseen is not None and len(unseen) >= measures.least
        self.held_out = measures.real(unseen) if unseen is not None and enough else None
        self.memorisation = Memorisation(self.real.features, unseen)
        # As many as a row or the audit uses.
        some = training.first(max(images, TRAINED))
        treated = {
            name: self.passed(some.treated(repr_of(name, t), t)) for name, t in treatments.items()
        }
        self.leak = LeakDetector(passed, treated)
        candidates = {"training": passed, "held_out": others, **treated}
        self.rows: dict[str, dict[str, float]] = {}
        self.counts: dict[str, int] = {}
        for name, found in candidates.items():
            if found is not None and len(found.features) >= measures.least:
                row = Passed(*(part[:images] for part in found))
                self.rows[name] = self.score(row)
                self.counts[name] = len(row.features)

    def passed(self, pictures: Pictures) -> Passed:
        """Returns features and logits of images, from the cache where it has them."""
        return passed_by(pictures, self._network, self._backbone, self._folder)

    def score(self, passed: Passed) -> dict[str, float]:
        """Returns all scores of images by name: measures, audit and wanted class."""
        there = passed._replace(features=passed.features.to(self._device))
        return (
            self.measures.score(there, self.real)
            | self._held_out_scores(there)
            | self.memorisation.scores(there.features)
            | self.leak.scores(passed)
            | self.wanted.scores(passed.logits)
        )

    def _held_out_scores(self, passed: Passed) -> dict[str, float]:
        """Distances to images that were not trained on: copies are at no advantage there."""
        if self.held_out is None:
            return {}
        found = self.measures.distances(passed.features, self.held_out)
        names = {"fid": "fid_held_out", "kid": "kid_held_out", "kid_error": "kid_held_out_error"}
        return {names[name]: value for name, value in found.items()}


def repr_of(name: str, treatment: Treatment) -> str:
    """Says how images were treated, with the settings that change the pixels."""
    return f"{type(treatment).__module__}.{name} {sorted(vars(treatment).items())}"


def passed_by(
    pictures: Pictures, network: FrozenNetwork, backbone: Backbone, folder: Path
) -> Passed:
    """Returns what a backbone says of images, from the cache in ``folder`` where it has them."""

    def compute() -> Passed:
        work = f"Features by {backbone.name}"
        return collect(with_progress(pictures.batches(), pictures.count, work, len), network)

    if pictures.key is None:
        return compute()
    key = f"{pictures.key} {backbone.name} {backbone.weights_hash} torch {torch.__version__}"
    return cached_features(folder, key, compute)
