"""Nose, mouth, eyes, brows and glasses of the drawn faces."""

from __future__ import annotations

import numpy as np

from project.data.faces.canvas import box, ellipse, glow
from project.data.faces.head import Head, mixed


def nose(head: Head) -> None:
    """Paints shadow, shine and nostrils; the nose leans to where the face turns."""
    traits, canvas = head.traits, head.canvas
    half, bottom = traits.nose
    tip = head.turned(0.0) * 1.22
    # The ridge runs from between the eyes to the tip; its far side from the light is dark.
    down = np.clip((head.v + 0.05) / (bottom + 0.05), 0.0, 1.0)
    ridge = head.u - (head.middle + (tip - head.middle) * down)
    dark = -1.0 if traits.light[0] > 0 else 1.0
    side = glow(ridge - dark * 0.055 * (0.4 + down), head.v - bottom * 0.55, 0.045, 0.20)
    canvas.multiply(side * (0.25 + 0.35 * abs(traits.light[0])), (0.68, 0.52, 0.46))
    shine = glow(ridge + dark * 0.015, head.v - bottom * 0.7, 0.028, 0.12)
    canvas.paint(shine * 0.30, (1.0, 0.95, 0.88))
    under = glow(head.u - tip, head.v - bottom - 0.01, half * 1.1, 0.028)
    canvas.multiply(under * 0.60, (0.60, 0.40, 0.36))
    for way in (-1.0, 1.0):
        hole = ellipse(head.u - tip - way * half * 0.5, head.v - bottom, half * 0.26, 0.016)
        canvas.multiply(canvas.cover(hole) * 0.75, (0.35, 0.20, 0.18))


def mouth(head: Head) -> None:
    """Paints lips: closed and level, or a smile with teeth."""
    traits, canvas = head.traits, head.canvas
    half, level = traits.mouth
    half = half * head.squeezed(0.0) * (1.18 if traits.smiling else 0.92)
    u, v = head.u - head.middle * 0.92, head.v - level
    t = np.clip(u / half, -1.2, 1.2)
    open_mouth = np.clip(1 - t * t, 0.0, 1.0)
    red = mixed(mixed(traits.skin, (0.62, 0.16, 0.18), 0.55), (0.80, 0.2, 0.25), 0.4 * traits.lip)
    bow = -0.085 * t * t + 0.035 if traits.smiling else -0.008 * t * t
    thick = 0.030 if traits.smiling else 0.040
    lips = np.abs(v - bow - (0.03 * open_mouth if traits.smiling else 0.0))
    lips = np.maximum(
        lips - (thick + (0.03 if traits.smiling else 0.0)) * np.sqrt(open_mouth),
        np.abs(u) - half,
    )
    canvas.paint(canvas.cover(lips), red, head.shade)
    if traits.smiling:
        gap = np.maximum(v - bow - 0.065 * open_mouth, bow - v)
        gap = np.maximum(gap, np.abs(u) - half * 0.9)
        canvas.paint(canvas.cover(gap), (0.97, 0.96, 0.94), 0.9 * head.shade + 0.1)
    else:
        line = np.maximum(np.abs(v - bow) - 0.010, np.abs(u) - half * 0.95)
        canvas.multiply(canvas.cover(line), (0.45, 0.25, 0.25))


def eye(head: Head, way: float) -> None:
    """Paints the eye on one side: -1 the left of the picture, 1 the right."""
    traits, canvas = head.traits, head.canvas
    place = way * traits.eye_gap
    narrow = head.squeezed(place)
    u, v = head.u - head.turned(place), head.v - 0.0
    half, height = traits.eye_size * narrow, traits.eye_size * 0.62
    ball = ellipse(u, v, half, height)
    lid = (traits.lid - 1.0) * height * (1 - (u / (half * 1.3)) ** 2) - v
    white = canvas.cover(np.maximum(ball, lid))
    canvas.paint(canvas.cover(ball), traits.skin, head.shade * 0.80)
    canvas.paint(white, (0.97, 0.97, 0.96), 0.25 + 0.75 * head.shade)
    look = u - half * (traits.gaze + 0.25 * traits.yaw)
    iris = ellipse(look, v, height * 0.86 * narrow, height * 0.86)
    canvas.paint(white * canvas.cover(iris), traits.iris)
    pupil = ellipse(look, v, height * 0.42 * narrow, height * 0.42)
    canvas.paint(white * canvas.cover(pupil), (0.03, 0.03, 0.04))
    spark_u, spark_v = 0.3 * height * traits.light[0], height * -0.32
    spark = ellipse(look - spark_u, v - spark_v, height * 0.22, height * 0.22)
    canvas.paint(canvas.cover(spark) * 0.95, (1.0, 1.0, 1.0))
    lash = np.maximum(np.abs(np.maximum(ball, lid)) - 0.011, v - 0.15 * height)
    canvas.paint(canvas.cover(lash) * 0.85, (0.16, 0.09, 0.08))


def brow(head: Head, way: float) -> None:
    """Paints the brow over the eye on one side."""
    traits, canvas = head.traits, head.canvas
    raised, thick = traits.brow
    place = way * traits.eye_gap * 1.03
    half = 0.125 * head.squeezed(place)
    u = head.u - head.turned(place)
    t = u / half
    bow = -0.155 - raised + 0.035 * t * t - way * t * 0.012
    stroke = np.abs(head.v - bow) - thick * (1.15 - 0.45 * way * t)
    alpha = canvas.cover(np.maximum(stroke, np.abs(u) - half), 0.02)
    canvas.paint(alpha * 0.9, mixed(traits.hair, (0.12, 0.08, 0.06), 0.35), head.shade)


def eyeglasses(head: Head) -> None:
    """Paints frames, a hint of glass, bridge and arms."""
    traits, canvas = head.traits, head.canvas
    rim = 0.020
    for way in (-1.0, 1.0):
        place = way * (traits.eye_gap + 0.012)
        half = 0.165 * head.squeezed(place)
        u, v = head.u - head.turned(place), head.v - 0.015
        round_glass, square_glass = ellipse(u, v, half, 0.15), box(u, v, half, 0.115, 0.04)
        glass = round_glass if traits.round_glasses else square_glass
        canvas.paint(canvas.cover(glass) * 0.16, (0.92, 0.97, 1.0))
        canvas.paint(canvas.cover(np.abs(glass) - rim), traits.frame)
        arm = np.maximum(np.abs(v + 0.02) - rim * 0.8, half - way * u)
        arm = np.maximum(arm, head.outline - 0.01)
        canvas.paint(canvas.cover(arm), traits.frame)
    inner = traits.eye_gap - 0.14
    bridge = np.abs(head.u - head.middle * 1.05) - inner
    canvas.paint(canvas.cover(np.maximum(bridge, np.abs(head.v + 0.01) - rim * 0.8)), traits.frame)
