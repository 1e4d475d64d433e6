"""Which charts a report shows: differences from none, curves, and the study's own bars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.figure import Figure

from project.report.charts import Bars, Curves, Forest, Line, draw_bars, draw_curves, draw_forest
from project.report.comparisons import Row, Study, summarise
from project.report.curves import curves_of
from project.report.runs import ScoreKey, inner
from project.report.score_names import BOTH, HIGHER, LOWER, known, title
from project.report.statistics import ALPHA, estimate
from project.report.verdict import telling_keys

ANSWER, CURVES, OTHER, TOGETHER = "answer", "curves", "other measure", "together"
SIDES = {
    LOWER: ("better", "worse"),
    HIGHER: ("worse", "better"),
    BOTH: ("better to the study", "to the field"),
}
KIMG = "kimg"
SEEDS = "Lines are 95 % intervals over the seeds"


@dataclass(frozen=True)
class Chart:
    """A chart.

    Args:
        name: of its file.
        place: on the page.
        study: its number, from 0; None for a chart of all.
        text: what it shows.
        draw: draws it for a file.
        panels: draw its parts for a page, which places them; empty where it has none.
    """

    name: str
    place: str
    study: int | None
    text: str
    draw: Callable[[], Figure]
    panels: Sequence[Callable[[], Figure]] = ()


def choose_charts(studies: Sequence[Study]) -> Iterator[Chart]:
    """Yields each study's charts, by the deciding measure and by the study's own; then of all."""
    for number, study in enumerate(studies):
        for which, key in enumerate(_shown(study)):
            name = f"study_{number + 1}_{key[2]}"
            yield from _differences(study, key, name, (OTHER if which else ANSWER, number))
            if not which:
                yield from _curves(study, key, name, number)
            if which or known(key[2]).better == BOTH:
                yield from _bars(study, key, name, number)
    if len(studies) > 1:
        for key in _shown(studies[0]):
            if all(key in study.keys for study in studies):
                name, bars = f"side_by_side_{key[2]}", side_by_side(studies, key)
                yield _bar_chart(name, TOGETHER, None, bars)


def _shown(study: Study) -> list[ScoreKey]:
    return telling_keys(study) or study.keys[:1]


def _differences(study: Study, key: ScoreKey, name: str, where: tuple[str, int]) -> Iterator[Chart]:
    found = forest(study, key)
    if found is None:
        # Nothing to compare with: the scores themselves.
        bars = plain_bars(study.data, study.rows, key)
        if where[0] == ANSWER:
            yield _bar_chart(f"{name}_all", *where, bars)
        return
    real = real_score(study.rows, key)
    dotted = "" if real is None else f" Real images score {real:.3g}."
    text = (
        f"{found.score}: each condition minus none, over the same seeds. {SEEDS}, "
        f"an arrow where one goes on; a filled dot can be told from none, a hollow one not.{dotted}"
    )
    yield Chart(f"{name}_differences", *where, text, lambda: draw_forest(found))


def forest(study: Study, key: ScoreKey) -> Forest | None:
    """Differences of all conditions from none, the lowest first; None where there are none."""
    compared = [
        (s.row.condition.label, s.versus_none.estimate, s.p_corrected < ALPHA)
        for s in summarise(study, key)
        if s.versus_none
    ]
    if not compared or not study.baseline:
        return None
    better = known(key[2]).better
    compared.sort(key=lambda item: item[1].mean, reverse=better == HIGHER)
    real, none = real_score(study.rows, key), estimate(_values(study.baseline, key)).mean
    return Forest(
        title(key),
        SIDES.get(better, ("less", "more")),
        [label for label, _, _ in compared],
        [found for _, found, _ in compared],
        [clear for _, _, clear in compared],
        None if real is None else real - none,
    )


def _curves(study: Study, key: ScoreKey, name: str, number: int) -> Iterator[Chart]:
    found = curves(study, key)
    if not found:
        return
    dashed = "; dashed and grey: none" if found.none else ""
    over = "kimg (thousands of images shown)" if found.unit == KIMG else found.unit
    real = "" if found.real is None else f" Real images score {found.real:.3g}."
    text = (
        f"{found.score} over {over}, all on one scale{dashed}. Bands are 95 % "
        f"intervals over the seeds.{real}"
    )
    panels = [partial(draw_curves, found, [line]) for line in found.lines]
    yield Chart(
        f"{name}_curves", CURVES, number, text, lambda: draw_curves(found, found.lines), panels
    )


def curves(study: Study, key: ScoreKey) -> Curves | None:
    """The curve of each condition; None where no run was scored more than once."""
    # Equal epochs are unequal training where sets differ in size: what D has seen is comparable.
    sizes = {row.condition.label: _images(row) for row in study.rows}
    told = all(sizes.values())
    lines = [
        (row, line) for row in study.rows if (line := over_training(row, key, told)) is not None
    ]
    none = next((line for row, line in lines if row.condition.is_baseline), None)
    others = [line for _, line in lines if line is not none]
    unit = KIMG if told else "epochs"
    shown = others or [line for line in (none,) if line]
    if not shown:
        return None
    real = real_score(study.rows, key)
    return Curves(title(key), unit, shown, none if others else None, real)


def over_training(row: Row, key: ScoreKey, in_kimg: bool) -> Line | None:
    """A condition's curve over its seeds; None where its runs logged the score at most once."""
    found = curves_of(row, key)
    epochs = sorted({epoch for curve in found.values() for epoch in curve})
    if len(epochs) < 2:
        return None
    values = [[curve[epoch] for curve in found.values() if epoch in curve] for epoch in epochs]
    step = _images(row) / 1000 if in_kimg else 1
    return Line(row.condition.label, [e * step for e in epochs], [estimate(v) for v in values])


def _images(row: Row) -> int:
    """Number of images in a condition's training set; 0 where nothing tells."""
    originals = row.condition.originals
    return originals + (row.condition.da_size or 0) if originals else 0


def _bars(study: Study, key: ScoreKey, name: str, number: int) -> Iterator[Chart]:
    """The study's own two figures: single kinds, and pairs with few and many DA images."""
    usual = [row for row in study.rows if row.condition.da_size in (0, row.condition.originals)]
    singles = [row for row in usual if len(row.condition.kinds) < 2]
    pairs = [r for r in study.rows if len(r.condition.kinds) == 2 and _equal(r)]
    if len(singles) > 1:
        bars = plain_bars(f"{study.data}: single DA", singles, key)
        yield _bar_chart(f"{name}_single", OTHER, number, bars)
    if pairs:
        yield _bar_chart(f"{name}_pairs", OTHER, number, pair_bars(study, pairs, key))


def _bar_chart(name: str, place: str, study: int | None, bars: Bars) -> Chart:
    real = "" if bars.real is None else " The dotted line is what real images score."
    text = f"{bars.title}: {bars.score}. {SEEDS}, dots the seeds.{real}"
    return Chart(name, place, study, text, lambda: draw_bars(bars))


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
    # The distance of images to themselves is 0, and no goal.
    images = ("training",) if "held_out" in name else ("held_out", "training")
    for run in (run for row in rows for run in row.runs if run.counts):
        for kind in images[: 1 if name in ("fid", "kid") else None]:
            value = inner(run.result, "references", backbone, kind).get(name)
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
