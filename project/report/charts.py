"""Charts as PNG, for light and dark pages; told apart without colour, too.

Labels come from run folders: nothing in them is read as a formula.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from project.report.score_names import rounded
from project.report.statistics import Estimate, estimate

WIDTH = 5.0  # inches; a phone is as wide, so that 10 points stay readable there
DPI = 180
COLOURS = ("#3b7fc4", "#d98a1f", "#4aa37b", "#b65fa0", "#8a8a8a", "#c4523b", "#7a6fd0")
HATCHES = ("", "///", "...", "xxx", "---", "++", "ooo")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)), (0, (8, 3)))
INKS = {"light": ("#1b1b1b", "#ffffff"), "dark": ("#e8e8e8", "#1c1f24")}
SHAPES = ("o", "s", "^", "D", "v", "P", "X")


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
    """A score over the epochs: mean and interval over the seeds at each epoch."""

    label: str
    epochs: Sequence[int]
    estimates: Sequence[Estimate]


@contextmanager
def _inks(theme: str) -> Iterator[tuple[str, str]]:
    ink, paper = INKS[theme]
    inked = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    style: Any = dict.fromkeys(inked, ink)
    papered = ("axes.facecolor", "figure.facecolor", "savefig.facecolor", "legend.facecolor")
    style |= dict.fromkeys(papered, paper)
    sizes: Any = {
        "font.size": 10,
        "axes.titlesize": 11,
        "hatch.color": ink,
        "hatch.linewidth": 0.6,
    }
    with mpl.rc_context({**style, **sizes, "text.parse_math": False}):
        yield ink, paper


def draw_bars(bars: Bars, theme: str = "light") -> bytes:
    """Draws horizontal bars with 95 % intervals, the seeds as dots, the means as numbers."""
    with _inks(theme) as (ink, paper):
        thick = 0.8 / len(bars.series)
        height = 1.4 + 0.26 * len(bars.labels) * max(1.4, len(bars.series))
        height += 0.3 * len(bars.series) if len(bars.series) > 1 else 0  # for their names
        figure = Figure((WIDTH, height), dpi=DPI, layout="constrained")
        axes = figure.subplots()
        named: dict[str, Any] = {}
        for number, (name, groups) in enumerate(bars.series):
            look: dict[str, Any] = {"color": COLOURS[number % 7], "hatch": HATCHES[number % 7]}
            named[wrapped(name, 48)] = axes.barh(np.nan, 0, edgecolor=ink, **look)
            for group, values in enumerate(groups):
                if values:
                    place = group + (number - (len(bars.series) - 1) / 2) * thick
                    axes.barh(place, np.mean(values), thick * 0.92, edgecolor=ink, **look)
                    _details(axes, place, values, ink, paper)
        axes.set_yticks(range(len(bars.labels)), [wrapped(label, 24) for label in bars.labels])
        axes.invert_yaxis()
        axes.margins(x=0.22)
        axes.set_xlim(left=0)
        if bars.real is not None:
            axes.axvline(bars.real, color=ink, linestyle="--", linewidth=1)
        axes.set_xlabel(wrapped(bars.score, 48))
        axes.set_title(wrapped(bars.title, 48), loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        if len(bars.series) > 1:
            figure.legend(named.values(), named, loc="outside lower left", frameon=False)
        return _png(figure)


def _details(axes: Axes, place: float, values: Sequence[float], ink: str, paper: str) -> None:
    found = estimate(values)
    end = found.mean
    if found.count > 1:
        # An interval of two seeds may be longer than the chart: the number says how long.
        low, high = max(found.low, 0), min(found.high, 2.5 * found.mean)
        axes.plot([low, high], [place, place], color=ink, linewidth=1.4)
        end = high
    axes.plot(values, [place] * len(values), "o", ms=3.2, mfc=paper, mec=ink, mew=0.8, ls="")
    spread = f" ± {rounded(found.high - found.mean, 2)}" if found.count > 1 else ""
    text = f"  {rounded(found.mean, 3)}{spread}"
    axes.annotate(text, (max([end, *values]), place), va="center", fontsize=8, color=ink)


def draw_lines(title: str, score: str, lines: Sequence[Line], theme: str = "light") -> bytes:
    """Draws curves with bands: mean and 95 % interval over the seeds."""
    with _inks(theme) as (ink, _):
        figure = Figure((WIDTH, 3.4 + 0.13 * len(lines)), dpi=DPI, layout="constrained")
        axes = figure.subplots()
        named: dict[str, Any] = {}
        for number, line in enumerate(lines):
            colour = COLOURS[number % 7]
            means = [found.mean for found in line.estimates]
            look: dict[str, Any] = {
                "color": colour,
                "marker": SHAPES[(number + number // 7) % 7],
                "ms": 4,
            }
            style = LINES[number % 7]
            (drawn,) = axes.plot(line.epochs, means, linestyle=style, mec=ink, mew=0.5, **look)
            named[wrapped(line.label, 24)] = drawn
            low = [found.low for found in line.estimates]
            high = [found.high for found in line.estimates]
            axes.fill_between(line.epochs, low, high, color=colour, alpha=0.15, linewidth=0)
        means = [found.mean for line in lines for found in line.estimates]
        spread = max(max(means) - min(means), 1e-9)
        # Bands of two seeds would make lines of all curves.
        axes.set_ylim(min(means) - 0.3 * spread, max(means) + 0.3 * spread)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("epoch")
        axes.set_ylabel(wrapped(score, 40))
        axes.set_title(wrapped(title, 48), loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(named.values(), named, loc="outside lower left", ncols=2, frameon=False)
        return _png(figure)


def printable(text: str) -> str:
    """Keeps what the chart's font can draw; at most 120 characters."""
    kept = "".join(c if c.isprintable() and ord(c) < 0x250 else "?" for c in text)
    return kept if len(kept) <= 120 else f"{kept[:117]}..."


def wrapped(text: str, width: int) -> str:
    """Breaks what is too long for one line of ``width`` characters; two lines at most."""
    return textwrap.fill(printable(text), width, max_lines=2, placeholder=" ...")


def _png(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)
    file = io.BytesIO()
    # No version or date in it: the same numbers give the same bytes.
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
