"""Does the augmentation leak: do generated images look inverted, upside down, ...?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from project.metrics.score_images import Passed

TRAINED = 2000  # the most images of each side that a classifier is trained and tested on
TESTED = 5  # every fifth of them is kept from it, to test it with
# Pulls the weights of about a thousand standardised inputs towards 0; on faces and dogs a tenth or
# ten times of it moves the accuracies by less than 0.04.
PENALTY = 1000.0
PART = 4096


class LeakDetector:
    """One linear classifier for each DA kind: was this image treated with it?

    Trained on real images as they are and treated. It sees the backbone's features and a thumbnail:
    networks trained with strong augmentation hardly tell a photograph from its negative.

    Args:
        clean: real images, N at least 5.
        treated: for each kind, the same images in the same order, treated.
    """

    def __init__(self, clean: Passed, treated: Mapping[str, Passed]) -> None:
        self.accuracies: dict[str, float] = {}
        self._classifiers: dict[str, Any] = {}
        untouched = _inputs(clean, slice(TRAINED)) if treated else np.empty((0, 0))
        tested = np.arange(len(untouched)) % TESTED == TESTED - 1
        for kind, passed in treated.items():
            touched = _inputs(passed, slice(TRAINED))
            classifier = make_pipeline(StandardScaler(), RidgeClassifier(alpha=PENALTY))
            x = np.concatenate([untouched[~tested], touched[~tested]])
            classifier.fit(x, np.repeat([0, 1], (~tested).sum()))
            right = [1 - classifier.predict(untouched[tested]), classifier.predict(touched[tested])]
            self.accuracies[kind] = float(np.mean(right))
            self._classifiers[kind] = classifier

    def scores(self, passed: Passed) -> dict[str, float]:
        """Returns the share of images that look treated: ``leak_<kind>`` by kind.

        To be read beside the same share of real images that were not treated.
        """
        found: dict[str, list[Any]] = {kind: [] for kind in self._classifiers}
        for start in range(0, len(passed.features) if found else 0, PART):
            x = _inputs(passed, slice(start, start + PART))
            for kind, classifier in self._classifiers.items():
                found[kind].append(classifier.predict(x))
        return {f"leak_{kind}": float(np.concatenate(p).mean()) for kind, p in found.items()}


def _inputs(passed: Passed, part: slice) -> NDArray[np.float64]:
    joined = torch.cat([passed.features[part], passed.thumbnails[part]], dim=1)
    return np.asarray(joined.double())
