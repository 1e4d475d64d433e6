"""The brush of the drawn faces: shapes as signed distances, painted with antialiased edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.floating[Any]]


class Canvas:
    """A square picture in the making.

    Coordinates run from -1 (left, top) to 1 (right, bottom); a shape is a plane of signed
    distances in the same unit, negative inside.

    Args:
        side: pixels along each side.

    Attributes:
        pixel: width of one pixel.
        x: ``side x side``, horizontal coordinate of each pixel's centre.
        y: ``side x side``, vertical coordinate, downwards.
        image: ``3 x side x side``, RGB in about [0, 1].
    """

    def __init__(self, side: int) -> None:
        self.pixel = 2.0 / side
        centres = ((np.arange(side) + 0.5) * self.pixel - 1.0).astype(np.float32)
        self.x: Plane = np.broadcast_to(centres[None, :], (side, side)).copy()
        self.y: Plane = np.broadcast_to(centres[:, None], (side, side)).copy()
        self.image: Plane = np.zeros((3, side, side), np.float32)

    def cover(self, distance: Plane, softness: float = 0.0) -> Plane:
        """Returns how much of each pixel a shape covers, in [0, 1].

        Args:
            distance: signed distance to the outline.
            softness: width of the transition where it is to be wider than a pixel.
        """
        covered: Plane = np.clip(0.5 - distance / max(self.pixel, softness), 0.0, 1.0)
        return covered

    def paint(self, alpha: Plane, colour: Sequence[float], shade: Plane | float = 1.0) -> None:
        """Lays a colour, times ``shade``, over the picture where ``alpha`` is above 0."""
        for channel, value in zip(self.image, colour, strict=True):
            channel += alpha * (value * shade - channel)

    def multiply(self, alpha: Plane, colour: Sequence[float]) -> None:
        """Darkens or tints what is there: a shadow, a blush."""
        for channel, value in zip(self.image, colour, strict=True):
            channel *= 1.0 - alpha * (1.0 - value)


def ellipse(x: Plane, y: Plane, radius_x: float, radius_y: float) -> Plane:
    """Signed distance to an ellipse around the origin, exact to first order at its outline."""
    a, b = x * (1 / radius_x), y * (1 / radius_y)
    length = np.sqrt(a * a + b * b) + 1e-6
    a *= 1 / radius_x
    b *= 1 / radius_y
    distance: Plane = length * (length - 1) / (np.sqrt(a * a + b * b) + 1e-6)
    return distance


def box(x: Plane, y: Plane, half_x: float, half_y: float, corner: float) -> Plane:
    """Signed distance to a rectangle around the origin with round corners."""
    a, b = np.abs(x) - (half_x - corner), np.abs(y) - (half_y - corner)
    outside = np.sqrt(np.maximum(a, 0) ** 2 + np.maximum(b, 0) ** 2)
    distance: Plane = outside + np.minimum(np.maximum(a, b), 0) - corner
    return distance


def blend(first: Plane, second: Plane, roundness: float) -> Plane:
    """Signed distance to the union of two shapes, rounded where they meet."""
    mix = np.clip(0.5 + 0.5 * (second - first) / roundness, 0.0, 1.0)
    distance: Plane = second + (first - second) * mix - roundness * mix * (1 - mix)
    return distance


def distance_from(values: Plane, pixel: float) -> Plane:
    """Signed distance, near its zero line, to where a smooth function changes its sign."""
    down, across = np.gradient(values, pixel)
    steepness = np.sqrt(down * down + across * across)
    distance: Plane = values / np.maximum(steepness, np.float32(0.5))
    return distance


def glow(x: Plane, y: Plane, radius_x: float, radius_y: float) -> Plane:
    """A soft spot around the origin, 1 at its middle."""
    spot: Plane = np.exp(-((x / radius_x) ** 2) - (y / radius_y) ** 2)
    return spot


def ramp(values: Plane, low: float, high: float) -> Plane:
    """0 below ``low``, 1 above ``high``, smooth between."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    risen: Plane = t * t * (3 - 2 * t)
    return risen
