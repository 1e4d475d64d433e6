"""The space that Optuna searches: weights that sum to 1, in each stage of a training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from project.errors import UserError, nearest
from project.replacing import replacing

if TYPE_CHECKING:
    import optuna
    from optuna.distributions import BaseDistribution

DIGITS = 4  # of a suggested weight
# By the classifier for development; the one for final scores chooses nothing.
SCORES = ("p_feature_1", "p_feature_2", "p_both", "coverage", "diversity")

Terms = Mapping[str, Mapping[str, float]]  # section -> term -> weight


@dataclass(frozen=True)
class Search:
    """The settings of a search, in the place of conditions.

    Attributes:
        trials: how many.
        random_trials: of them at random, the first ones.
        seed: of the sampler.
        maximise: one of `SCORES`.
        floor: score -> what it must not fall below.
        weights: sections whose values sum to 1.
        span: a weight is at most ``10^span`` times the first of its section.

    Raises:
        UserError: a number is not allowed, or a score is unknown.
    """

    trials: int
    random_trials: int
    seed: int
    maximise: str
    floor: Mapping[str, float]
    weights: tuple[str, ...]
    span: float

    def __post_init__(self) -> None:
        for key, names in (("maximise", [self.maximise]), ("floor", self.floor)):
            for name in names:
                if name not in SCORES:
                    allowed = nearest(str(name), SCORES)
                    raise UserError(f"sweep.search.{key} names the score {name}. {allowed}")
        for name, least in (("trials", 1), ("random_trials", 1), ("seed", 0), ("span", 0.1)):
            value = getattr(self, name)
            whole = name == "span" or isinstance(value, int)
            if isinstance(value, bool | str) or value is None or not whole or value < least:
                raise UserError(
                    f"sweep.search.{name}={value} is not allowed. Give a number from {least}."
                )


def make_study(search: Search, given: Terms) -> tuple[optuna.Study, dict[str, BaseDistribution]]:
    """Returns an Optuna study whose first trial is the given weights, and its space."""
    # Late: only a search needs it.
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=search.seed, n_startup_trials=search.random_trials)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    space: dict[str, BaseDistribution] = {}
    start = {}
    for section, weights in given.items():
        first, *others = weights
        for term in others:
            ratio = math.log10(max(weights[term], 1e-9) / max(weights[first], 1e-9))
            name = f"{section}.{term}"
            space[name] = optuna.distributions.FloatDistribution(-search.span, search.span)
            start[name] = min(max(ratio, -search.span), search.span)
    study.enqueue_trial(start)
    return study, space


def weight_overrides(given: Terms, params: Mapping[str, float]) -> tuple[str, ...]:
    """Returns weights that sum to 1 in each section, as overrides.

    Args:
        given: the sections and their terms.
        params: ``<section>.<term>`` -> power of ten by which it outweighs the section's first.
    """
    words = []
    for section, terms in given.items():
        raw = [10 ** params.get(f"{section}.{term}", 0.0) for term in terms]
        rounded = [round(weight / sum(raw), DIGITS) for weight in raw]
        largest = rounded.index(max(rounded))
        rounded[largest] = 1 - math.fsum(rounded[:largest] + rounded[largest + 1 :])
        words += [f"{section}.{t}={w:.{DIGITS}f}" for t, w in zip(terms, rounded, strict=True)]
    return tuple(words)


def report_scores(
    study: optuna.Study, trial: optuna.Trial, scores: Mapping[str, float], search: Search
) -> None:
    """Reports the scores of a trial to Optuna.

    Args:
        study: that suggested it.
        trial: of the study.
        scores: by name; none where the trial failed.
        search: its objective and its floors.
    """
    import optuna

    if not scores:
        study.tell(trial, state=optuna.trial.TrialState.FAIL)
        return
    for name, least in search.floor.items():
        trial.set_constraint(name, least - scores[name])
    study.tell(trial, scores[search.maximise])


def save_importance(study: optuna.Study, path: Path) -> dict[str, float]:
    """Draws the importance of each weight, unless all trials came out the same.

    Returns:
        ``<section>.<term>`` -> share of the variance (fANOVA), the largest first.
    """
    import optuna
    from matplotlib.figure import Figure

    if len({trial.value for trial in study.trials if trial.value is not None}) < 2:
        return {}
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    shares = {name: float(share) for name, share in found.items()}
    figure = Figure(figsize=(7, 1 + 0.4 * len(shares)), layout="constrained")
    axes = figure.add_subplot()
    bars = axes.barh(list(reversed(shares)), list(reversed(shares.values())))
    axes.bar_label(bars, fmt="%.2f", padding=2)
    axes.margins(x=0.1)  # room for the last label
    axes.set_xlabel("importance (fANOVA) of the weight, relative to the first of its section")
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=100, format="png")
    return shares
