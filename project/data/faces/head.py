"""The bare head of a drawn face: its outline, pose and light, and the skin on it."""

from __future__ import annotations

import math

import numpy as np

from project.data.faces.canvas import Canvas, Plane, blend, box, ellipse, glow
from project.data.faces.traits import Colour, Traits


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """Mixes two colours; a share of 0 is the first."""
    a, b, c = (p + (q - p) * share for p, q in zip(first, second, strict=True))
    return (a, b, c)


class Head:
    """The head and what hangs on it, in coordinates (u, v) that tilt and shift with it."""

    def __init__(self, canvas: Canvas, traits: Traits) -> None:
        self.canvas, self.traits = canvas, traits
        x, y = canvas.x - traits.offset[0], canvas.y - traits.offset[1]
        cos, sin = math.cos(traits.tilt) / traits.scale, math.sin(traits.tilt) / traits.scale
        # The head tilts about the neck, not about the nose.
        self.u: Plane = x * cos + (y - 0.5) * sin
        self.v: Plane = (y - 0.5) * cos - x * sin + 0.5 / traits.scale
        width = traits.width
        self.middle = self.turned(0.0)
        self.jaw_u = 0.35 * self.middle
        skull = ellipse(self.u, self.v + 0.18, width, 0.60)
        jaw = ellipse(self.u - self.jaw_u, self.v - 0.24, width * traits.jaw, traits.chin)
        self.outline = blend(skull, jaw, 0.16)
        self.inside = canvas.cover(self.outline)
        # Lambert's law on an egg lit from the side: what makes a flip a different picture.
        nu, nv = self.u * (0.94 / width), (self.v + 0.02) * (0.94 / 0.78)
        depth = np.sqrt(np.clip(1 - nu * nu - nv * nv, 0.04, 1.0))
        light_u, light_v = traits.light
        norm = math.sqrt(light_u**2 + light_v**2 + 0.55)
        lit = (nu * light_u + nv * light_v + depth * math.sqrt(0.55)) / norm
        self.shade: Plane = 1.06 - traits.contrast + traits.contrast * np.clip(lit, 0.0, 1.0)
        angle = np.arctan2(self.u - self.middle, 0.55 - self.v)
        wave = np.sin(angle * traits.strands * 2.0 + 3.0 * self.v)
        self.hair_shade: Plane = (self.shade + 0.04) * (1.0 + 0.14 * wave)

    def turned(self, u: float) -> float:
        """Where a point of the face's front lies once the head has turned by its yaw."""
        width = self.traits.width
        return width * math.sin(math.asin(u / width) + self.traits.yaw * 0.8)

    def squeezed(self, u: float) -> float:
        """How narrow the turn makes a feature at ``u``."""
        return max(0.55, math.cos(math.asin(u / self.traits.width) + self.traits.yaw * 0.8))


def body(head: Head) -> None:
    """Paints shoulders, neck and collar, which do not tilt with the head."""
    canvas, traits = head.canvas, head.traits
    x, y = canvas.x - traits.offset[0], canvas.y - traits.offset[1]
    shoulders = canvas.cover(ellipse(x, y - 1.42, 0.95, 0.62))
    side = 1.0 + 0.18 * traits.light[0] * x
    canvas.paint(shoulders, traits.clothes, side)
    neck = canvas.cover(box(x, y - 0.62, 0.25, 0.42, 0.2))
    canvas.paint(neck, traits.skin, 0.80 * side)
    under = glow(head.u - head.jaw_u, head.v - 0.80, 0.34, 0.14)
    canvas.multiply(under * neck * 0.55, (0.55, 0.45, 0.45))
    if traits.collar:
        for way in (-1.0, 1.0):
            flap = box(x - way * 0.21 + way * (y - 0.95), y - 0.95, 0.09, 0.14, 0.03)
            canvas.paint(canvas.cover(flap), mixed(traits.clothes, (1, 1, 1), 0.35), side)


def ears(head: Head) -> None:
    """Paints both ears."""
    traits = head.traits
    for way in (-1.0, 1.0):
        # The ear on the side the face turns to goes out of sight.
        reach = traits.width + 0.02 - 0.11 * max(0.0, way * traits.yaw)
        ear = ellipse(head.u - way * reach, head.v - 0.08, 0.07, 0.13)
        head.canvas.paint(head.canvas.cover(ear), traits.skin, head.shade * 0.94)
        hollow = glow(head.u - way * (reach + 0.01), head.v - 0.08, 0.035, 0.07)
        head.canvas.multiply(hollow * 0.4, (0.7, 0.5, 0.45))


def skin(head: Head) -> None:
    """Paints the shaded head, before any hair."""
    canvas = head.canvas
    canvas.paint(head.inside, head.traits.skin, 0.15 + 0.85 * head.shade)
    # Skin in shadow turns warm, not grey.
    canvas.multiply(head.inside * np.clip(1 - head.shade, 0, 1), (1.0, 0.70, 0.60))


def cheeks(head: Head) -> None:
    """Paints blush, eye sockets and, on a bald head, the shine."""
    traits, canvas = head.traits, head.canvas
    for way in (-1.0, 1.0):
        spot = glow(head.u - head.turned(way * 0.27), head.v - 0.26, 0.13, 0.10)
        canvas.multiply(spot * head.inside * traits.blush, (1.0, 0.72, 0.70))
        socket = glow(head.u - head.turned(way * traits.eye_gap), head.v + 0.01, 0.13, 0.09)
        canvas.multiply(socket * head.inside * 0.30, (0.72, 0.60, 0.58))
    if traits.bald:
        shine_u = head.middle * 0.6 + 0.20 * traits.light[0]
        shine = glow(head.u - shine_u, head.v + 0.56 - 0.1 * traits.light[1], 0.16, 0.08)
        canvas.paint(shine * head.inside * 0.42, (1.0, 0.98, 0.94))
