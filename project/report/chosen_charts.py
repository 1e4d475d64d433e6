"""Which charts a report shows: the study's own, and scores over the epochs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from project.report.charts import Bars, Line, draw_bars, draw_lines
from project.report.comparisons import Row, Study
from project.report.curves import curves_of
from project.report.runs import ScoreKey, inner
from project.report.score_names import title
from project.report.statistics import estimate
from project.report.verdict import telling_keys


@dataclass(frozen=True)
class Chart:
    """A chart, to be drawn in a theme (``light`` or ``dark``)."""

    name: str
    text: str
    draw: Callable[[str], bytes]


def choose_charts(studies: Sequence[Study]) -> Iterator[Chart]:
    """Yields single DA, pairs, all else, and curves of each study; then all studies together.

    Each by the scores that the answer is given by.
    """
    for number, study in enumerate(studies, start=1):
        for key in _shown(study):
            yield from _study_charts(study, key, f"study_{number}_{key[2]}")
    if len(studies) > 1:
        for key in _shown(studies[0]):
            if all(key in study.keys for study in studies):
                name = f"side_by_side_{key[2]}"
                yield _chart(name, side_by_side(studies, key), f"{len(studies)} studies")


def _shown(study: Study) -> list[ScoreKey]:
    return telling_keys(study) or study.keys[:1]


def _study_charts(study: Study, key: ScoreKey, name: str) -> Iterator[Chart]:
    about = study.title
    usual = [row for row in study.rows if row.condition.da_size in (0, row.condition.originals)]
    singles = [row for row in usual if len(row.condition.kinds) < 2]
    pairs = [r for r in study.rows if len(r.condition.kinds) == 2 and _equal(r)]
    rest = [row for row in study.rows if row not in [*singles, *pairs]]
    if len(singles) > 1 or not (pairs or rest):
        yield _chart(f"{name}_single", plain_bars(f"{study.data}: single DA", singles, key), about)
    if pairs:
        yield _chart(f"{name}_pairs", pair_bars(study, pairs, key), about)
    if rest:
        rows = [row for row in (study.baseline, *rest) if row]
        yield _chart(
            f"{name}_others", plain_bars(f"{study.data}: other policies", rows, key), about
        )
    mixed = [row for row in study.rows if row not in singles]
    if mixed and study.baseline:
        mixed.insert(0, study.baseline)
    for which, rows in (("", singles), ("_mixed", mixed)):
        lines = list(over_epochs(rows, key))
        if lines:
            yield _curves(f"{name}{which}_epochs", study, key, lines)


def _curves(name: str, study: Study, key: ScoreKey, lines: Sequence[Line]) -> Chart:
    heading, score = f"{study.data}: over the epochs", title(key)
    text = f"{study.title}. Over the epochs: {score}; bands are 95 % intervals over the seeds."
    return Chart(name, text, lambda theme: draw_lines(heading, score, lines, theme))


def _chart(name: str, bars: Bars, about: str) -> Chart:
    what = f"{about}. {bars.title}: {bars.score}"
    real = "" if bars.real is None else " The dashed line is what real images score."
    text = f"{what}; lines are 95 % intervals over the seeds, dots the seeds.{real}"
    return Chart(name, text, lambda theme: draw_bars(bars, theme))


def _equal(row: Row) -> bool:
    return len(set(row.condition.ratio.split(":"))) == 1


def _values(row: Row | None, key: ScoreKey) -> list[float]:
    return list(row.values(key).values()) if row else []


def plain_bars(heading: str, rows: Sequence[Row], key: ScoreKey) -> Bars:
    """One bar for each condition."""
    labels = [row.condition.label for row in rows]
    series = [("", [_values(row, key) for row in rows])]
    return Bars(heading, title(key), labels, series, real_score(rows, key))


def real_score(rows: Sequence[Row], key: ScoreKey) -> float | None:
    """Returns what real images score: unseen ones where there are any, else the originals."""
    _, backbone, name = key
    for run in (run for row in rows for run in row.runs if run.counts):
        for images in ("held_out", "training"):
            value = inner(run.result, "references", backbone, images).get(name)
            if isinstance(value, int | float) and math.isfinite(value):
                return float(value)
    return None


def pair_bars(study: Study, rows: Sequence[Row], key: ScoreKey) -> Bars:
    """Pairs, those with few DA images beside those with many."""
    sizes = sorted({row.condition.da_size or 0 for row in rows})
    policies = list(dict.fromkeys(row.condition.policy for row in rows))
    found = {(row.condition.policy, row.condition.da_size): row for row in rows}
    series = [
        (f"{size} DA images", [[], *(_values(found.get((p, size)), key) for p in policies)])
        for size in sizes
    ]
    # The bar to compare with stands in the first series.
    series[0][1][0] = _values(study.baseline, key)
    real = real_score(rows, key)
    return Bars(f"{study.data}: pairs", title(key), ["none", *policies], series, real)


def side_by_side(studies: Sequence[Study], key: ScoreKey) -> Bars:
    """All data sets beside each other."""
    # Relative sizes, as data sets may differ in theirs.
    named = [{_relative(row): row for row in study.rows} for study in studies]
    in_order = sorted((row for study in studies for row in study.rows), key=_order)
    labels = list(dict.fromkeys(_relative(row) for row in in_order))
    twice = len({study.data for study in studies}) < len(studies)
    series = [
        (study.title if twice else study.data, [_values(rows.get(label), key) for label in labels])
        for study, rows in zip(studies, named, strict=True)
    ]
    return Bars("Data sets side by side", title(key), labels, series, None)


def _order(row: Row) -> tuple[object, ...]:
    return row.condition.order


def _relative(row: Row) -> str:
    condition = row.condition
    times = (condition.da_size or 0) / (condition.originals or 1)
    return condition.policy if times in (0, 1) else f"{condition.policy}, DA x {times:.3g}"


def over_epochs(rows: Sequence[Row], key: ScoreKey) -> Iterator[Line]:
    """Yields a line for each condition whose runs logged the score more than once."""
    for row in rows:
        curves = curves_of(row, key)
        epochs = sorted({epoch for curve in curves.values() for epoch in curve})
        if len(epochs) > 1:
            at = [[curve[epoch] for curve in curves.values() if epoch in curve] for epoch in epochs]
            yield Line(row.condition.label, epochs, [estimate(values) for values in at])
