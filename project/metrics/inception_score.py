"""The study's measure: the Inception Score, from logits that one pass of a backbone gave."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torchmetrics.image.inception import InceptionScore

from project.errors import UserError


def inception_scores(logits: Tensor, *, splits: Sequence[int], seed: int) -> dict[str, float]:
    """Computes ``exp( 1/N * sum_i KL( p(y|x_i) || p(y) ) )``, the Inception Score.

    The images are shuffled once by a private generator, cut in nearly equal parts (whatever N is)
    and scored part by part in double precision. The global random generators are not touched.

    Args:
        logits: ``N x K``, one row for each generated image.
        splits: numbers of parts, such as 1 (the study's formula) and 10 (the usual one).
        seed: of the shuffling.

    Returns:
        ``inception_score`` for 1 part; ``inception_score_10`` and ``inception_score_10_std`` for
        10 (mean and population standard deviation over the parts, as in published scores).

    Raises:
        UserError: fewer images than parts, or logits that are not finite.
    """
    n = len(logits)
    for count in splits:
        if count < 1 or n < count:
            raise UserError(
                f"The Inception Score of {n} images cannot be taken over {count} splits. "
                f"Allowed: 1 to the number of images; score more images or name fewer splits."
            )
    if not bool(torch.isfinite(logits).all()):
        raise UserError(
            "The backbone's logits are not finite (NaN or infinity): no Inception Score exists."
        )
    order = torch.from_numpy(np.random.RandomState(seed).permutation(n))
    shuffled = logits.detach().cpu().double()[order]
    scores: dict[str, float] = {}
    for count in splits:
        # torchmetrics' own splits are fewer than asked for where N is no multiple (25 in 10: 9).
        edges = [i * n // count for i in range(count + 1)]
        parts = [_score(shuffled[a:b]) for a, b in itertools.pairwise(edges)]
        if count == 1:
            scores["inception_score"] = parts[0]
        else:
            scores[f"inception_score_{count}"] = float(np.mean(parts))
            scores[f"inception_score_{count}_std"] = float(np.std(parts))
    return scores


def _score(logits: Tensor) -> float:
    """Scores one part with torchmetrics, which shuffles it with the global generator."""
    # A probability that underflows to 0 in every image would make 0 * infinity; e^-700 does not.
    logits = (logits - logits.amax(dim=1, keepdim=True)).clamp_min(-700.0)
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.filterwarnings("ignore", message="Metric `InceptionScore` will save all extracted")
        # Also keeps the standard deviation of its single split, a NaN, from warning.
        warnings.filterwarnings("ignore", message="std\\(\\): degrees of freedom is <= 0")
        metric = InceptionScore(feature=nn.Identity(), splits=1)
        metric.update(logits)
        mean, _ = metric.compute()
    return float(mean)
