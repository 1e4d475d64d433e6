"""The study's measure: the Inception Score, from logits that one pass of a backbone gave."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

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
    logits = logits.detach().cpu()
    scores: dict[str, float] = {}
    for count in splits:
        # Nearly equal parts also where N is no multiple; others make fewer (25 in 10: 9).
        edges = [i * n // count for i in range(count + 1)]
        parts = [_score(logits, order[a:b]) for a, b in itertools.pairwise(edges)]
        if count == 1:
            scores["inception_score"] = parts[0]
        else:
            scores[f"inception_score_{count}"] = float(np.mean(parts))
            scores[f"inception_score_{count}_std"] = float(np.std(parts))
    return scores


def _score(logits: Tensor, chosen: Tensor) -> float:
    """Scores one part, a few thousand images at a time.

    The mean of ``KL( p(y|x_i) || p(y) )`` is the mean of ``sum p log p`` less the same sum of the
    mean p. torchmetrics holds five copies of all logits in double precision instead.
    """
    total = torch.zeros(logits.shape[1], dtype=torch.float64)
    own = torch.zeros((), dtype=torch.float64)
    for block in torch.split(chosen, 4096):
        log_p = logits[block].double().log_softmax(dim=1)
        p = log_p.exp()
        total += p.sum(0)
        own += (p * log_p).sum()
    mean = total / len(chosen)
    # xlogy: a class that never occurs counts as nothing, and not as 0 * infinity.
    return float((own / len(chosen) - torch.xlogy(mean, mean).sum()).exp())
