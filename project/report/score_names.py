"""What each score is called and which way is better; any other name is shown as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from project.report.runs import ScoreKey

CAVEAT = (
    "The study takes a lower Inception Score as better: one class is wanted, so a concentrated "
    "p(y) is welcome. The rest of the field takes a higher one as better. The study's own caveat: "
    "the score falls, too, when the images are poor but are all recognised with similar "
    "probabilities."
)
HIGHER, LOWER, BOTH, NEITHER = "higher", "lower", "both readings", ""


@dataclass(frozen=True)
class Score:
    """One score.

    Args:
        title: for people.
        better: ``higher``, ``lower``, ``both readings``, or empty where no way is better.
    """

    title: str
    better: str


# By name, or by its beginning where that ends in _; in the order of the tables.
SCORES = {
    "inception_score": Score("Inception Score", BOTH),
    "inception_score_10": Score("Inception Score, 10 splits", BOTH),
    "inception_score_10_std": Score("its sd over the splits", NEITHER),
    "fid": Score("FID", LOWER),
    "kid": Score("KID", LOWER),
    "kid_error": Score("error of KID", NEITHER),
    "precision": Score("precision", HIGHER),
    "recall": Score("recall", HIGHER),
    "density": Score("density", HIGHER),
    "coverage": Score("coverage", HIGHER),
    "wanted_class_probability": Score("probability of the wanted class", HIGHER),
    "sharpness": Score("sharpness", NEITHER),
    "nearest_train_distance_ratio": Score("distance to training images", NEITHER),
    "nearest_train_ratio": Score("distance to training images", NEITHER),
    "leak_": Score("looks augmented", LOWER),
    "judge_accuracy": Score("accuracy of the judges", HIGHER),
    "judge_confidence": Score("confidence of the judges", HIGHER),
    "digit_distance": Score("distance to real digits", LOWER),
    "p_feature_1": Score("P(feature 1)", HIGHER),
    "p_feature_2": Score("P(feature 2)", HIGHER),
    "p_both": Score("P(both features)", HIGHER),
}
KIND_TITLES = {"scores": "", "scores_average": "moving average", "reference": "real images"}
ORDER = list(SCORES)


def known(name: str) -> Score:
    """Returns what is known of a score; an unknown one has its name for a title."""
    if name in SCORES:
        return SCORES[name]
    for beginning, score in SCORES.items():
        if beginning.endswith("_") and name.startswith(beginning):
            title = f"{score.title}: {name.removeprefix(beginning).replace('_', ' ')}"
            return Score(title, score.better)
    return Score(name.replace("_", " "), NEITHER)


def title(key: ScoreKey) -> str:
    """Returns a score's title with its backbone and whose it is."""
    kind, backbone, name = key
    whose = KIND_TITLES.get(kind, kind)
    return ", ".join(part for part in (known(name).title, backbone, whose) if part)


def in_order(keys: Iterable[ScoreKey]) -> list[ScoreKey]:
    """Sorts score keys: the run's own scores first, then the order of the table."""

    def place(key: ScoreKey) -> tuple[int, str, int, str]:
        kind, backbone, name = key
        kinds = list(KIND_TITLES)
        number = ORDER.index(name) if name in ORDER else len(ORDER)
        # The 2015 network is the one that the score is defined on.
        first = "" if backbone == "inception_v3" else backbone
        return (kinds.index(kind) if kind in kinds else len(kinds), first, number, name)

    return sorted(set(keys), key=place)


def rounded(value: float, digits: int, sign: str = "") -> str:
    """Writes a number with so many significant digits: 190, where Python has 1.9e+02.

    Args:
        value: the number.
        digits: how many count.
        sign: ``+`` writes the sign of positive numbers as well.
    """
    return f"{float(f'{value:.{digits}g}'):{sign}g}"
