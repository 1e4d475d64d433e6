"""Does the augmentation leak: do generated images look inverted, upside down, ...?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from torch import Tensor

TESTED = 5  # every fifth image is kept from the classifier, to test it with


class LeakDetector:
    """One linear classifier for each DA kind: was this image treated with it?

    Trained on the features of real images as they are and treated. Its covariance is shrunk by
    Ledoit and Wolf's formula, so that there is nothing to tune and nothing random.

    Args:
        clean: features of real images, ``N x D``, N at least 10.
        treated: for each kind, features of the same images in the same order, treated.
    """

    def __init__(self, clean: Tensor, treated: Mapping[str, Tensor]) -> None:
        self.accuracies: dict[str, float] = {}
        self._classifiers: dict[str, LinearDiscriminantAnalysis] = {}
        tested = torch.arange(len(clean)) % TESTED == TESTED - 1
        for kind, features in treated.items():
            classifier = _fit(clean[~tested], features[~tested])
            self._classifiers[kind] = classifier
            right = [1 - _share(classifier, clean[tested]), _share(classifier, features[tested])]
            self.accuracies[kind] = sum(right) / 2

    def scores(self, features: Tensor) -> dict[str, float]:
        """Returns the share of ``N x D`` features that look treated: ``leak_<kind>`` by kind.

        To be read beside the same share of real images that were not treated.
        """
        return {f"leak_{kind}": _share(c, features) for kind, c in self._classifiers.items()}


def _fit(clean: Tensor, treated: Tensor) -> LinearDiscriminantAnalysis:
    x = torch.cat([clean, treated]).double().numpy()
    y = np.repeat([0, 1], [len(clean), len(treated)])
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(x, y)


def _share(classifier: LinearDiscriminantAnalysis, features: Tensor) -> float:
    parts = [classifier.predict(part.double().numpy()) for part in torch.split(features, 4096)]
    return float(np.concatenate(parts).mean())
