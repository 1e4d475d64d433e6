"""Hair and beards of the drawn faces."""

from __future__ import annotations

import numpy as np

from project.data.faces.canvas import blend, box, distance_from, ellipse, ramp
from project.data.faces.head import Head, mixed

LONG_STYLES = ("long", "fringe")


def long_hair(head: Head) -> None:
    """What falls behind the neck, down to the shoulders."""
    fall = box(head.u, head.v - 0.22, head.traits.width + 0.12, 0.75, 0.3)
    head.canvas.paint(head.canvas.cover(fall), head.traits.hair, head.hair_shade * 0.78)


def beard(head: Head) -> None:
    """Paints a full beard, a goatee or a stubble, below where lips will be."""
    traits, canvas = head.traits, head.canvas
    u = head.u - head.middle * 0.75
    angle = np.arctan2(u, np.abs(head.v - 0.05) + 0.1)
    shade = head.shade * (1.0 + 0.12 * np.sin(angle * traits.strands * 2.5))
    moustache = ellipse(u - 0.1 * head.middle, head.v - 0.375, 0.19, 0.055)
    if traits.beard == "goatee":
        length = traits.beard_length
        tuft = ellipse(u + 0.15 * head.middle, head.v - 0.61, 0.19, 0.19 + length)
        canvas.paint(canvas.cover(blend(tuft, moustache, 0.1)), traits.hair, shade)
        return
    across = np.abs(u) / traits.width
    edge = 0.345 + 0.06 * ramp(across, 0.25, 0.5) - 0.40 * ramp(across, 0.55, 1.0)
    below = edge - head.v
    if traits.beard == "stubble":
        alpha = canvas.cover(below, 0.10) * head.inside * 0.74
        # Away from the skin's brightness, so that grey is seen on deep skin, too.
        limit = 1.0 if sum(traits.hair) > sum(traits.skin) + 0.25 else 0.0
        canvas.paint(alpha, mixed(traits.hair, (limit, limit, limit), 0.15), head.shade)
        return
    grown = blend(
        head.outline - 0.035,
        ellipse(head.u - head.jaw_u, head.v - 0.50, 0.33, 0.30 + traits.beard_length),
        0.1,
    )
    canvas.paint(canvas.cover(np.maximum(grown, below), 0.03), traits.hair, shade)


def hair(head: Head) -> None:
    """Paints the hair on top, or the fringe at the sides of a bald head."""
    traits, canvas = head.traits, head.canvas
    u = head.u - head.middle * 0.85
    across = np.abs(u) / traits.width
    if traits.bald:
        if traits.side_hair:
            patch = ellipse(np.abs(head.u) - traits.width, head.v + 0.10, 0.11, 0.22)
            band = np.maximum(patch, head.outline - 0.03)
            canvas.paint(canvas.cover(band, 0.04), traits.hair, head.hair_shade)
        return
    volume = traits.hair_volume
    end = 0.05
    line = traits.hairline + 0.10 * ramp(across, 0.2, 0.9)
    cut = line + 1.3 * ramp(across, 0.78, 1.05)
    dome = head.outline - volume - (0.03 if traits.style in LONG_STYLES else 0.0)
    if traits.style == "parted":
        sweep = np.clip(u * traits.part / traits.width, -1.0, 1.0)
        cut = cut + 0.20 * sweep + 0.05
        dome = dome + 0.03 * sweep
    elif traits.style == "curly":
        angle = np.arctan2(head.u, 0.1 - head.v)
        curls = np.sin(angle * 17.0)
        dome = dome - 0.05 - 0.018 * curls
        cut = cut + 0.025 * np.cos(u * 38.0)
        end = 0.10
    elif traits.style == "long":
        end = 0.85
        cut = traits.hairline - 0.08 + 1.1 * across**2.2
    elif traits.style == "fringe":
        end = 0.75
        cut = -0.235 - 0.02 * np.cos(u * 20.0) + 1.6 * ramp(across, 0.72, 0.92)
    above = distance_from(head.v - cut, canvas.pixel)
    canvas.multiply(canvas.cover(above - 0.05, 0.07) * head.inside * 0.45, (0.55, 0.42, 0.40))
    # Hair lies around the head down to the cheeks, so that no background shines through.
    around = np.minimum(above, np.maximum(-head.outline, head.v - 0.25))
    shape = np.maximum(np.maximum(dome, around), head.v - end)
    canvas.paint(canvas.cover(shape, 0.02), traits.hair, head.hair_shade)
