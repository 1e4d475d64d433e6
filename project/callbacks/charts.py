"""Charts that a run leaves in its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from project.replacing import replacing


def save_confusion(counts: NDArray[np.int64], path: Path, rows: Sequence[int]) -> None:
    """Draws a confusion matrix.

    Args:
        counts: true class x predicted class.
        path: of the PNG.
        rows: names of the true classes.
    """
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(np.sqrt(counts), cmap="Blues")
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            dark = count > counts.max() / 4
            axes.text(j, i, str(count), ha="center", va="center", color="w" if dark else "k")
    axes.set_xlabel("taken for")
    axes.set_ylabel("is")
    axes.set_xticks(range(counts.shape[1]))
    axes.set_yticks(range(len(rows)), [str(row) for row in rows])
    save(figure, path)


def save_curves(
    curves: Mapping[str, Sequence[tuple[int, float]]],
    path: Path,
    x: str,
    borders: Mapping[str, int],
) -> None:
    """Draws curves one below the other, as their scales differ; those of one name in one chart.

    Args:
        curves: points by name, in front of which may stand whose they are, with a slash.
        path: of the PNG.
        x: what the points are counted in.
        borders: where something new begins, by its name: a line through all the curves.
    """
    charts: dict[str, dict[str, Sequence[tuple[int, float]]]] = {}
    for name, points in curves.items():
        whose, _, rest = name.partition("/")
        charts.setdefault(rest or name, {})[whose] = points
    # Margins in inches: to have them worked out takes as long again as to draw.
    height = 2.0 * len(charts)
    figure = Figure(figsize=(7, height))
    figure.subplots_adjust(0.14, 0.45 / height, 0.98, 1 - 0.25 / height, hspace=0.1)
    all_axes = figure.subplots(len(charts), sharex=True, squeeze=False)[:, 0]
    for axes, (name, lines) in zip(all_axes, charts.items(), strict=True):
        for whose, points in lines.items():
            # A line of one point would not be seen.
            marker = "o" if len(points) == 1 else None
            axes.plot(*zip(*points, strict=True), marker=marker, label=whose)
        if len(lines) > 1:
            axes.legend(fontsize=8)
        axes.set_ylabel(name.rpartition("/")[2])
        axes.yaxis.set_label_coords(-0.11, 0.5)
        axes.ticklabel_format(axis="y", scilimits=(-3, 4))
        axes.grid(alpha=0.3)
        for place in borders.values():
            axes.axvline(place, color="k", linestyle="--", linewidth=1)
    for name, place in borders.items():
        all_axes[0].annotate(
            name, (place, 1), xycoords=("data", "axes fraction"), va="bottom", fontsize=8
        )
    all_axes[-1].set_xlabel(x)
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Writes a PNG."""
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=100, format="png")
