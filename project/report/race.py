"""What `python -m project.recommend` left beside its runs: its answer, and who was dropped when."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from project.report.chart_style import DPI, INK, style, wrapped
from project.report.charts import COLOURS, COLUMNS, PANEL
from project.report.chosen_charts import CURVES, Chart
from project.report.curves import number
from project.report.runs import LARGEST, Run

ANSWER = "race_answer.json"
TEXT = (
    "FID on pictures held out, each condition minus none on the same seed, at the end of each "
    "round. Dots are means, bars go from the lowest seed to the highest, dashes mark the best that "
    "was dropped: by the rule of the race, those with the highest means, marked by a cross. The "
    "wide bar is the winner's 95 % interval on seeds that did not choose it."
)


@dataclass(frozen=True)
class Lane:
    """A condition in a race.

    Attributes:
        name: of the condition.
        kimg: at the ends of its rounds.
        differences: from none there, of each seed.
        dropped: whether it was, after the last of them.
    """

    name: str
    kimg: Sequence[float]
    differences: Sequence[Sequence[float]]
    dropped: bool


@dataclass(frozen=True)
class Told:
    """A race as its folder tells it.

    Attributes:
        folder: of the race.
        answer: sentences.
        lanes: conditions, the last to be dropped first.
        cuts: kimg -> mean difference of the best that was dropped there.
        last: low, mean and high of the first one's effect on fresh seeds; empty before that.
    """

    folder: Path
    answer: Sequence[str]
    lanes: Sequence[Lane]
    cuts: Mapping[float, float]
    last: Sequence[float]


def read_races(runs: Sequence[Run]) -> list[Told]:
    """Reads the answers that lie beside runs; what cannot be read is left out."""
    folders = dict.fromkeys(run.folder.parent for run in runs)
    return [told for folder in folders for told in _read(folder)]


def _read(folder: Path) -> Iterator[Told]:
    try:
        if (folder / ANSWER).stat().st_size > LARGEST:
            return
        values: Any = json.loads((folder / ANSWER).read_text(encoding="utf-8"))
        lanes = [_lane(lane) for lane in values["lanes"]]
        cuts = {_finite(kimg): _finite(cut) for kimg, cut in values["cuts"]}
        last = [_finite(value) for value in values["last"]]
        answer = [str(sentence) for sentence in values["answer"]]
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return
    if answer and len(last) in (0, 3):
        yield Told(folder, answer, lanes, cuts, last)


def _lane(values: Mapping[str, Any]) -> Lane:
    kimg = [_finite(value) for value in values["kimg"]]
    differences = [[_finite(value) for value in seeds] for seeds in values["differences"]]
    if not kimg or len(kimg) != len(differences) or not all(differences):
        raise ValueError("no lane")
    return Lane(str(values["name"]), kimg, differences, values["dropped"] is True)


def _finite(value: object) -> float:
    found = number(value)
    if not math.isfinite(found):
        raise ValueError(f"{value} is no finite number")
    return found


def race_charts(races: Sequence[Told]) -> Iterator[Chart]:
    """Yields the picture of each race."""
    for place, race in enumerate(races, 1):
        if race.lanes:
            panels = [partial(draw_race, race, [lane]) for lane in race.lanes]
            draw = partial(draw_race, race, race.lanes)
            yield Chart(f"race_{place}", CURVES, None, TEXT, draw, panels)


def draw_race(race: Told, lanes: Sequence[Lane]) -> Figure:
    """Draws some of the conditions, a panel each, all on one scale."""
    with style():
        columns = min(COLUMNS, len(lanes))
        rows = math.ceil(len(lanes) / columns)
        figure = Figure((PANEL * columns, 1.75 * rows), dpi=DPI, layout="constrained")
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        means = [float(np.mean(seeds)) for lane in race.lanes for seeds in lane.differences]
        ends = [0.0, *means, *race.last]
        margin = 0.15 * max(max(ends) - min(ends), 1e-9)
        for axes, lane in zip(panels, lanes, strict=False):
            axes.axhline(0, color=INK, linewidth=0.8)
            _lane_of(axes, lane, race)
            # Seeds may scatter early on so far that nothing would be seen of the rest.
            axes.set_ylim(min(ends) - margin, max(ends) + margin)
            axes.set_xlim(0, 1.08 * max(kimg for one in race.lanes for kimg in one.kimg))
            axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
            axes.yaxis.set_major_locator(MaxNLocator(4))
            axes.set_title(wrapped(lane.name, 22), loc="left")
            axes.set_xlabel("kimg")
        for axes in panels[len(lanes) :]:
            axes.remove()
        return figure


def _lane_of(axes: Axes, lane: Lane, race: Told) -> None:
    means = [float(np.mean(seeds)) for seeds in lane.differences]
    axes.plot(lane.kimg, means, "o-", color=COLOURS[0], linewidth=1.5, markersize=4)
    lows, highs = ([end(seeds) for seeds in lane.differences] for end in (min, max))
    axes.vlines(lane.kimg, lows, highs, color=COLOURS[0], linewidth=1)
    width = 0.06 * max(kimg for one in race.lanes for kimg in one.kimg)
    for kimg, cut in race.cuts.items():
        axes.hlines(cut, kimg - width, kimg + width, color=INK, linewidth=1, linestyles="--")
    if lane.dropped:
        axes.plot(lane.kimg[-1], means[-1], "x", color=INK, markersize=9, markeredgewidth=2)
    elif race.last and lane is race.lanes[0]:
        low, mean, high = race.last
        at = lane.kimg[-1] + width
        axes.vlines(at, low, high, color=COLOURS[1], linewidth=4)
        axes.plot(at, mean, "D", color=INK, markersize=4)
