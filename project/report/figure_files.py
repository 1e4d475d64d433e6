"""Charts as PNG for a file, and as SVG for the page, which gives them its font and colours."""

from __future__ import annotations

import io
import re

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

from project.report.chart_style import INK, PAPER

LEFT_OUT = (r"<metadata>.*?</metadata>", r"<style.*?</style>", r"<!--.*?-->", r"\n\s*")


def png(figure: Figure) -> bytes:
    """Returns a chart as a file; the same numbers give the same bytes."""
    file = io.BytesIO()
    # No version or date in it.
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def svg(figure: Figure, name: str, text: str) -> Markup:
    """Returns a chart as a part of the page, in the page's own font and colours.

    Args:
        figure: the chart.
        name: makes the ids in it its own.
        text: what a screen reader says.
    """
    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "text.parse_math": False}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    drawn = file.getvalue()
    width, height = (round(72 * side) for side in figure.get_size_inches())
    _, _, inside = drawn[drawn.index("<svg") :].partition(">")
    for pattern in LEFT_OUT:
        inside = re.sub(pattern, "", inside, flags=re.DOTALL)
    inside = re.sub(r"<[^>]+>", lambda tag: _short(tag[0]), inside)
    start = '<svg role="img" viewBox="0 0 {} {}" aria-label="{}">'
    return Markup(start).format(width, height, text) + Markup(inside)


def _short(tag: str) -> str:
    tag = re.sub(r'<g id="[^"]*"', "<g", tag)
    tag = re.sub(r"(\.\d\d)\d+", r"\1", tag)
    tag = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", tag)
    return tag.replace(INK, "currentColor").replace(PAPER, "var(--paper)")
