"""Which charts a report shows: differences from none, curves, and the study's own bars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.figure import Figure

from project.metrics.score_names import BOTH, HIGHER, LOWER, known
from project.report.answer import answer_of
from project.report.charts import Bars, Curves, Forest, Line, draw_bars, draw_curves, draw_forest
from project.report.comparisons import Row, Study, summarise
from project.report.curves import curves_of
from project.report.matched import both_ways
from project.report.measure import real_score
from project.report.runs import ScoreKey
from project.report.score_names import title
from project.report.scorings import curves_along, of_kimg
from project.report.statistics import ALPHA, Estimate, estimate
from project.report.study_bars import pair_bars, plain_bars, side_by_side, values_of
from project.report.verdict import telling_keys

ANSWER, CURVES, OTHER, TOGETHER = "answer", "curves", "other measure", "together"
SIDES = {
    LOWER: ("better", "worse"),
    HIGHER: ("worse", "better"),
    BOTH: ("better to the study", "to the field"),
}
KIMG, EPOCHS = "kimg", "epochs"
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
    """Yields each study's charts, by the deciding measure and by the study's own; then of all.

    Of a race there are curves alone: it has an answer of its own.
    """
    for number, study in enumerate(studies):
        for which, key in enumerate(_shown(study)):
            name = f"study_{number + 1}_{key[2]}"
            if study.raced:
                yield from () if which else _curves(study, key, name, number)
                continue
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
        f"{found.score}, {found.where}: each condition minus none, over the same seeds. {SEEDS}, "
        "an arrow where one goes on; a filled dot can be told from no augmentation, a hollow one "
        f"not.{dotted}"
    )
    yield Chart(f"{name}_differences", *where, text, lambda: draw_forest(found))


def forest(study: Study, key: ScoreKey) -> Forest | None:
    """Differences of all conditions from none, where the answer compares them, the best first.

    Returns:
        None where nothing can be compared.
    """
    answer = answer_of(study)
    matched = answer.deciding.matched if answer else both_ways(study)[0]
    if answer and answer.measure.key == key:
        compared = [
            (e.label, Estimate(e.seeds, e.difference, math.nan, e.low, e.high, e.p), e.told)
            for e in answer.deciding.effects
        ]
    else:
        compared = [
            (s.row.condition.label, s.versus_none.estimate, s.p_corrected < ALPHA)
            for s in summarise(matched.study, key)
            if s.versus_none
        ]
    none = values_of(matched.study.baseline, key)
    if not compared or not none:
        return None
    better = known(key[2]).better
    compared.sort(key=lambda item: item[1].mean, reverse=better == HIGHER)
    real = real_score(study.rows, key)
    return Forest(
        title(key),
        matched.where,
        SIDES.get(better, ("less", "more")),
        [label for label, _, _ in compared],
        [found for _, found, _ in compared],
        [clear for _, _, clear in compared],
        None if real is None else real - estimate(none).mean,
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
    for unit in (KIMG, EPOCHS):
        found = [(row, over_training(row, key, unit)) for row in study.rows]
        lines = [(row, line) for row, line in found if line]
        if not lines:
            continue
        none = next((line for row, line in lines if row.condition.is_baseline), None)
        others = [line for _, line in lines if line is not none]
        real = real_score(study.rows, key)
        shown = others or [line for _, line in lines]
        return Curves(title(key), unit, shown, none if others else None, real)
    return None


def over_training(row: Row, key: ScoreKey, unit: str) -> Line | None:
    """A condition's curve over its seeds; None where it was scored at most once."""
    found: dict[int, dict[float, float]] = (
        curves_along(row, key, of_kimg)
        if unit == KIMG
        else {
            seed: {float(epoch): value for epoch, value in curve.items()}
            for seed, curve in curves_of(row, key).items()
        }
    )
    points = sorted({at for curve in found.values() for at in curve})
    if len(points) < 2:
        return None
    values = [[curve[at] for curve in found.values() if at in curve] for at in points]
    return Line(row.condition.label, points, [estimate(v) for v in values])


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
