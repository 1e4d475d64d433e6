"""Charts, each drawn once for the page and for a file; told apart without colour, too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from project.report.chart_style import DPI, INK, PAPER, mark_real, style, wrapped
from project.report.score_names import rounded
from project.report.statistics import Estimate, estimate

WIDTH = 4.5  # inches; a phone is as wide, so that 10 points stay readable there
PANEL = 2.0  # inches; two stand beside each other on a phone
COLUMNS = 4  # of panels in a file
COLOURS = ("#3b7fc4", "#d98a1f", "#4aa37b", "#b65fa0", "#8a8a8a", "#c4523b", "#7a6fd0")
HATCHES = ("", "///", "...", "xxx", "---", "++", "ooo")
LONGEST = 3.0  # times the largest difference: what an interval is drawn to


@dataclass(frozen=True)
class Forest:
    """Differences from no augmentation.

    Args:
        score: what is compared.
        where: in the training.
        sides: what it means to lie left and right of none.
        labels: of the conditions, from the top.
        differences: of each.
        clear: whether each can be told from none.
        real: what real images score, less what none scores; None where nothing tells.
    """

    score: str
    where: str
    sides: tuple[str, str]
    labels: Sequence[str]
    differences: Sequence[Estimate]
    clear: Sequence[bool]
    real: float | None


@dataclass(frozen=True)
class Bars:
    """One bar chart.

    Args:
        title: above it.
        score: what the bars are long by.
        labels: of the groups.
        series: name, and for each group the values of its seeds; none where it was not run.
        real: what real images score; None where nothing tells.
    """

    title: str
    score: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[Sequence[float]]]]
    real: float | None


@dataclass(frozen=True)
class Line:
    """A score over the training: mean and interval over the seeds at each point."""

    label: str
    at: Sequence[float]
    estimates: Sequence[Estimate]


@dataclass(frozen=True)
class Curves:
    """The curve of each condition beside that of none.

    Args:
        score: what is drawn.
        unit: of the training, such as ``epochs``.
        lines: one a panel.
        none: drawn in each panel; None where it was not run.
        real: what real images score; None where nothing tells.
    """

    score: str
    unit: str
    lines: Sequence[Line]
    none: Line | None
    real: float | None


def draw_forest(forest: Forest) -> Figure:
    """Draws each difference with its 95 % interval; filled where it can be told from none."""
    with style():
        labels = [wrapped(label, 17) for label in forest.labels]
        row = 0.37 if any("\n" in label for label in labels) else 0.29
        figure = Figure((WIDTH, 1.2 + row * len(labels)), dpi=DPI, layout="constrained")
        axes = figure.subplots()
        largest = max(abs(found.mean) for found in forest.differences) or 1.0
        for place, (found, clear) in enumerate(zip(forest.differences, forest.clear, strict=True)):
            _interval(axes, place, found, LONGEST * largest)
            face = INK if clear else PAPER
            axes.plot([found.mean], [place], "o", ms=7, mfc=face, mec=INK, mew=1.4)
            axes.annotate(
                rounded(found.mean, 3, "+"),
                (1.0, place),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="center",
            )
        axes.axvline(0, color=INK, linewidth=1)
        _, end = axes.get_xlim()
        _real_images(axes, forest.real, len(labels) - 0.3)
        low, high = axes.get_xlim()
        # Room for the numbers, which stand at the right.
        axes.set_xlim(low, max(high, end + 0.24 * (end - low)))
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) + 0.1, -0.7)
        left, right = forest.sides
        axes.set_title(f"\N{LEFTWARDS ARROW} {left}", loc="left")
        axes.set_title(f"{right} \N{RIGHTWARDS ARROW}", loc="right")
        axes.set_xlabel(wrapped(f"{forest.score}, minus none's, {forest.where}", 44, 3))
        return figure


def _real_images(axes: Axes, real: float | None, foot: float) -> None:
    """Draws what real images score as a line, or names it at the edge where it is far off."""
    if real is None:
        return
    side, edge, arrow = ("left", 0, "\N{LEFTWARDS ARROW}") if real < 0 else ("right", 1, "")
    look: Any = {"textcoords": "offset points", "ha": side, "va": "center"}
    look["bbox"] = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}
    if mark_real(axes.axvline, axes.get_xlim(), axes.set_xlim, real, 1.0):
        axes.annotate("real images", (real, foot), (4 if real < 0 else -4, 0), **look)
        return
    told = f"{arrow} real images {rounded(real, 3, '+')}"
    told += "" if real < 0 else " \N{RIGHTWARDS ARROW}"
    place = (edge, foot)
    axes.annotate(told, place, (4 - 8 * edge, 0), xycoords=("axes fraction", "data"), **look)


def _interval(axes: Axes, place: int, found: Estimate, far: float) -> None:
    """Draws an interval up to ``far``; where it goes on, it ends in an arrow."""
    if math.isnan(found.low):
        return
    ends = [max(found.low, -far), min(found.high, far)]
    axes.plot(ends, [place, place], color=INK, linewidth=1.4)
    for end, true, arrow in zip(ends, (found.low, found.high), "<>", strict=True):
        if end != true:
            axes.plot([end], [place], arrow, color=INK, ms=6)


def draw_curves(curves: Curves, lines: Sequence[Line], columns: int = COLUMNS) -> Figure:
    """Draws some of the curves, a panel each, all on one scale: mean and 95 % interval."""
    with style():
        columns = min(columns, len(lines))
        rows = math.ceil(len(lines) / columns)
        figure = Figure((PANEL * columns, 1.75 * rows), dpi=DPI, layout="constrained")
        panels = np.atleast_1d(figure.subplots(rows, columns, squeeze=False).ravel())
        drawn = [*curves.lines, *([curves.none] if curves.none else [])]
        means = [found.mean for line in drawn for found in line.estimates]
        spread = max(max(means) - min(means), 1e-9)
        longest = max(line.at[-1] for line in drawn)
        for axes, line in zip(panels, lines, strict=False):
            if curves.none:
                _curve(axes, curves.none, INK, "--")
            _curve(axes, line, COLOURS[0], "-")
            # Bands of two seeds would make lines of all curves.
            axes.set_ylim(min(means) - 0.3 * spread, max(means) + 0.3 * spread)
            mark_real(axes.axhline, axes.get_ylim(), axes.set_ylim, curves.real, 0.25)
            axes.set_xlim(0, 1.03 * longest)
            axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
            axes.yaxis.set_major_locator(MaxNLocator(4))
            axes.set_title(wrapped(line.label, 22), loc="left")
            axes.set_xlabel(curves.unit)
        for axes in panels[len(lines) :]:
            axes.remove()
        return figure


def _curve(axes: Axes, line: Line, colour: str, style: str) -> None:
    means = [found.mean for found in line.estimates]
    axes.plot(line.at, means, style, color=colour, linewidth=1.5)
    low, high = ([getattr(f, end) for f in line.estimates] for end in ("low", "high"))
    axes.fill_between(line.at, low, high, color=colour, alpha=0.18, linewidth=0)


def draw_bars(bars: Bars) -> Figure:
    """Draws horizontal bars with 95 % intervals, the seeds as dots, the means as numbers."""
    with style():
        thick = 0.8 / len(bars.series)
        height = 1.4 + 0.26 * len(bars.labels) * max(1.4, len(bars.series))
        height += 0.3 * len(bars.series) if len(bars.series) > 1 else 0  # for their names
        figure = Figure((WIDTH, height), dpi=DPI, layout="constrained")
        axes = figure.subplots()
        named: dict[str, Any] = {}
        for number, (name, groups) in enumerate(bars.series):
            look: dict[str, Any] = {"color": COLOURS[number % 7], "hatch": HATCHES[number % 7]}
            named[wrapped(name, 48)] = axes.barh(np.nan, 0, edgecolor=INK, **look)
            for group, values in enumerate(groups):
                if values:
                    place = group + (number - (len(bars.series) - 1) / 2) * thick
                    axes.barh(place, np.mean(values), thick * 0.92, edgecolor=INK, **look)
                    _details(axes, place, values)
        axes.set_yticks(range(len(bars.labels)), [wrapped(label, 18) for label in bars.labels])
        axes.invert_yaxis()
        axes.margins(x=0.22)
        axes.set_xlim(left=0)
        if bars.real is not None:
            axes.axvline(bars.real, color=INK, linestyle=":", linewidth=1.8)
        axes.set_xlabel(wrapped(bars.score, 48))
        axes.set_title(wrapped(bars.title, 48), loc="left")
        if len(bars.series) > 1:
            figure.legend(named.values(), named, loc="outside lower left", frameon=False)
        return figure


def _details(axes: Axes, place: float, values: Sequence[float]) -> None:
    found = estimate(values)
    end = found.mean
    if found.count > 1:
        # An interval of two seeds may be longer than the chart: the number says how long.
        low, high = max(found.low, 0), min(found.high, 2.5 * found.mean)
        axes.plot([low, high], [place, place], color=INK, linewidth=1.4)
        end = high
    axes.plot(values, [place] * len(values), "o", ms=3.2, mfc=PAPER, mec=INK, mew=0.8, ls="")
    spread = f" ± {rounded(found.high - found.mean, 2)}" if found.count > 1 else ""
    text = f"  {rounded(found.mean, 3)}{spread}"
    axes.annotate(text, (max([end, *values]), place), va="center", fontsize=9, color=INK)
