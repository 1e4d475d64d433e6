"""What all charts have in common.

Labels come from run folders: nothing in them is read as a formula.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl

DPI = 180
INK, PAPER = "#1b1b1b", "#ffffff"
INKED = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
PAPERED = ("axes.facecolor", "figure.facecolor", "savefig.facecolor", "legend.facecolor")


@contextmanager
def style() -> Iterator[None]:
    """Draws in the charts' ink, on their paper."""
    look: Any = dict.fromkeys(INKED, INK) | dict.fromkeys(PAPERED, PAPER)
    look |= {"font.size": 10, "axes.titlesize": 10, "hatch.color": INK, "hatch.linewidth": 0.6}
    look |= {"axes.spines.top": False, "axes.spines.right": False}
    with mpl.rc_context({**look, "text.parse_math": False}):
        yield


def mark_real(
    line: Any, limits: tuple[float, float], set_limits: Any, real: float | None, most: float
) -> bool:
    """Draws real images as a dotted line, unless all else would be squeezed.

    Args:
        line: draws it.
        limits: of the axis.
        set_limits: widens the axis.
        real: where it lies.
        most: by how many of its lengths the axis may be widened.
    """
    low, high = limits
    span = high - low
    if real is None or not low - most * span < real < high + most * span:
        return False
    set_limits(min(low, real - 0.05 * span), max(high, real + 0.05 * span))
    line(real, color=INK, linestyle=":", linewidth=1.8)
    return True


def printable(text: str) -> str:
    """Keeps what the chart's font can draw; at most 120 characters."""
    kept = "".join(c if c.isprintable() and ord(c) < 0x250 else "?" for c in text)
    return kept if len(kept) <= 120 else f"{kept[:117]}..."


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """Breaks what is too long for one line of ``width`` characters; so many lines at most."""
    return textwrap.fill(printable(text), width, max_lines=lines, placeholder=" ...")
