"""How probable is it that a condition is better than none, and that it is the best of all?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from project.report.layout import Array, Layout

DRAWS = 4000
# Of the share by which the differences are shrunk; close near 0, where large differences lie.
ROOTS = (np.arange(1000) + 0.5) / 1000
STEPS, WIDTHS = ROOTS**3, 3 * ROOTS**2


@dataclass(frozen=True)
class Chances:
    """What is believed of the conditions after the runs.

    Args:
        gain: the expected gain over none, ``k``, in units of the score and above 0 where better;
            drawn towards what the conditions have in common.
        better: probability that a condition is better than none, ``k``.
        best: probability to be the best of all, ``k + 1``, none first.
        beyond: probability that any condition gains more than a given margin.
    """

    gain: Array
    better: Array
    best: Array
    beyond: float


def chances(layout: Layout, margin: float) -> Chances:
    """Draws from the posterior of all conditions' true scores, of which lower ones are better.

    The model is that of the test (condition + seed + normal noise, its variance shared, but no
    condition's own larger one), and the conditions' true scores, that of none among them, come from
    a normal distribution, whose mean and variance are unknown (flat on the mean and on log noise,
    uniform on the share by which differences are shrunk: Daniels 1999). Without that last step the
    best of twelve noisy means would be believed as if it had been named beforehand, and the stated
    probabilities would be too large wherever conditions lie near to each other; a bootstrap over 3
    to 5 seeds would err in the same way, and by its few different samples besides. Where all
    conditions are better than none alike, the probabilities are too small rather than too large.
    One condition alone was named beforehand: plain t. `benchmarks/answer.py` measures the
    calibration.

    Args:
        layout: the differences, with at least one degree of freedom and some noise.
        margin: gain that matters, in units of the score.
    """
    k = len(layout.mean)
    if k == 1:
        return _alone(layout, margin)
    against = np.hstack([-np.ones((k, 1)), np.eye(k)])
    # None may scatter more than the others: then all differences do. Half of that is believed, by
    # the calibration on made-up studies.
    covariance = layout.covariance * np.sqrt(layout.variance.min() / (2 * layout.noise))
    precision = against.T @ np.linalg.solve(covariance, against)
    # Orthogonal contrasts, each with noise of its own; the first eigenvalue is the mean's, 0.
    values, vectors = (part[..., 1:] for part in np.linalg.eigh(precision))
    effects = vectors.T @ np.concatenate([[0.0], layout.mean])
    random = np.random.default_rng(0)
    between, noise = _variances(layout, effects, values, random)
    kept = between * values / (1 + between * values)
    normal = random.standard_normal(kept.shape)
    true = -(kept * effects + np.sqrt(noise * kept / values) * normal) @ vectors.T
    gains = true[:, 1:] - true[:, :1]
    best = np.bincount(true.argmax(axis=1), minlength=k + 1) / DRAWS
    beyond = float((gains.max(axis=1) > margin).mean())
    return Chances(gains.mean(axis=0), (gains > 0).mean(axis=0), best, beyond)


def _alone(layout: Layout, margin: float) -> Chances:
    gain, error = -layout.mean, layout.error
    better = stats.t.cdf(gain / error, layout.freedom)
    beyond = float(stats.t.cdf((gain - margin) / error, layout.freedom)[0])
    return Chances(gain, better, np.append(1 - better, better), beyond)


def _variances(
    layout: Layout, effects: Array, values: Array, random: np.random.Generator
) -> tuple[Array, Array]:
    """Draws the conditions' variance, in units of the noise, and the noise: ``DRAWS x 1`` each."""
    ratios = (1 / STEPS - 1) / values.mean()
    spread = 1 / values + ratios[:, None]
    squares = layout.noise * layout.freedom + (effects**2 / spread).sum(axis=1)
    freedom = layout.freedom + len(effects)
    log = -0.5 * np.log(spread).sum(axis=1) - 0.5 * freedom * np.log(squares)
    weights = WIDTHS * np.exp(log - log.max())
    chosen = random.choice(len(STEPS), DRAWS, p=weights / weights.sum())
    noise = squares[chosen] / random.chisquare(freedom, DRAWS)
    return ratios[chosen, None], noise[:, None]
