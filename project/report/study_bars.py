"""The study's own charts: single kinds, pairs, and data sets side by side."""

from __future__ import annotations

from collections.abc import Sequence

from project.report.charts import Bars
from project.report.comparisons import Row, Study
from project.report.measure import real_score
from project.report.runs import ScoreKey
from project.report.score_names import title


def values_of(row: Row | None, key: ScoreKey) -> list[float]:
    """Returns a condition's scores; none where it was not run."""
    return list(row.values(key).values()) if row else []


def plain_bars(heading: str, rows: Sequence[Row], key: ScoreKey) -> Bars:
    """One bar for each condition."""
    labels = [row.condition.label for row in rows]
    series = [("", [values_of(row, key) for row in rows])]
    return Bars(heading, title(key), labels, series, real_score(rows, key))


def pair_bars(study: Study, rows: Sequence[Row], key: ScoreKey) -> Bars:
    """Pairs, those with few DA images beside those with many."""
    sizes = sorted({row.condition.da_size or 0 for row in rows})
    policies = list(dict.fromkeys(row.condition.policy for row in rows))
    found = {(row.condition.policy, row.condition.da_size): row for row in rows}
    series = [
        (f"{size} DA images", [[], *(values_of(found.get((p, size)), key) for p in policies)])
        for size in sizes
    ]
    # The bar to compare with stands in the first series.
    series[0][1][0] = values_of(study.baseline, key)
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
        (
            study.title if twice else study.data,
            [values_of(rows.get(label), key) for label in labels],
        )
        for study, rows in zip(studies, named, strict=True)
    ]
    return Bars("Data sets side by side", title(key), labels, series, None)


def _order(row: Row) -> tuple[object, ...]:
    return row.condition.order


def _relative(row: Row) -> str:
    condition = row.condition
    times = (condition.da_size or 0) / (condition.originals or 1)
    return condition.policy if times in (0, 1) else f"{condition.policy}, DA x {times:.3g}"
