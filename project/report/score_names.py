"""How scores are titled, ordered and rounded on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from project.metrics.score_names import SCORES, known
from project.report.runs import ScoreKey

KIND_TITLES = {"scores": "", "scores_average": "moving average", "reference": "real images"}
ORDER = list(SCORES)


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


def span(values: Sequence[float], write: Callable[[float], str]) -> str:
    """Writes the range of values, or the one value that they all are as they are written."""
    low, high = (write(end(values)) for end in (min, max))
    return low if low == high else f"{low} to {high}"
