"""torchmetrics says the same of the same features.

It is not what scores here: it draws from the global random state and keeps every feature.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.inception import InceptionScore
from torchmetrics.image.kid import KernelInceptionDistance

from project.metrics.fid import Moments, fid
from project.metrics.inception_score import inception_scores
from project.metrics.kid import kernel_sums, kid, own_kernel_sums

COUNT, FEATURES = 120, 24


class Pixels(nn.Module):
    """The pixels themselves as features."""

    num_features = FEATURES

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1).float() / 255


def images(seed: int, brightest: int) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randint(0, brightest, (COUNT, 3, 2, 4), generator=rng, dtype=torch.uint8)


GENERATED, REAL = images(1, 256), images(2, 200)


@pytest.mark.filterwarnings(r"ignore:std\(\)")  # over one split
@pytest.mark.filterwarnings("ignore:Metric `InceptionScore` will save all extracted features")
def test_inception_score() -> None:
    theirs = InceptionScore(feature=Pixels(), splits=1)
    theirs.update(GENERATED)
    ours = inception_scores(Pixels()(GENERATED), splits=[1], seed=0)
    assert ours["inception_score"] == pytest.approx(float(theirs.compute()[0]), rel=1e-6)


def test_fid() -> None:
    theirs = FrechetInceptionDistance(feature=Pixels()).set_dtype(torch.float64)
    theirs.update(REAL, real=True)
    theirs.update(GENERATED, real=False)
    ours = fid(Moments(Pixels()(GENERATED)), Moments(Pixels()(REAL)))
    assert ours == pytest.approx(float(theirs.compute()), rel=1e-4)


@pytest.mark.filterwarnings("ignore:Metric `Kernel Inception Distance` will save all extracted")
def test_kid() -> None:
    # One subset that holds all images leaves nothing to chance.
    theirs = KernelInceptionDistance(feature=Pixels(), subsets=1, subset_size=COUNT)
    theirs.update(REAL, real=True)
    theirs.update(GENERATED, real=False)
    one, other = Pixels()(GENERATED), Pixels()(REAL)
    ours, _ = kid(own_kernel_sums(one), own_kernel_sums(other), kernel_sums(one, other))
    assert ours == pytest.approx(float(theirs.compute()[0]), rel=1e-4)
