"""Draws one face from its traits: background, body, head, features, hair, from back to front.

numpy only. Every outline is a signed distance, so edges are antialiased at any size.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from project.data.faces.canvas import Canvas, glow, ramp
from project.data.faces.hair import LONG_STYLES, beard, hair, long_hair
from project.data.faces.head import Head, body, cheeks, ears, skin
from project.data.faces.parts import brow, eye, eyeglasses, mouth, nose
from project.data.faces.traits import Traits

# Part of every cache key: raise it whenever a pixel changes.
DRAWING_VERSION = 1
# Eyes and mouths need this many pixels; smaller pictures are averaged down from a larger one.
SMALLEST_CANVAS = 64


def draw_face(traits: Traits, size: int) -> NDArray[np.uint8]:
    """Draws a face.

    Args:
        traits: who is drawn.
        size: side of the picture in pixels, at least 1.

    Returns:
        ``3 x size x size``, uint8.
    """
    finer = math.ceil(SMALLEST_CANVAS / size)
    canvas = Canvas(size * finer)
    _scene(canvas, traits)
    _person(Head(canvas, traits))
    image = canvas.image.reshape(3, size, finer, size, finer).mean((2, 4))
    drawn: NDArray[np.uint8] = np.rint(np.clip(image, 0.0, 1.0) * 255).astype(np.uint8)
    return drawn


def _scene(canvas: Canvas, traits: Traits) -> None:
    """Background: a gradient of two colours and three soft spots of light and shadow."""
    along = canvas.x * math.cos(traits.scene_angle) + canvas.y * math.sin(traits.scene_angle)
    canvas.paint(np.ones_like(along), traits.scene[0])
    canvas.paint(ramp(along, -1.2, 1.2), traits.scene[1])
    for x, y, radius, strength in traits.blobs:
        spot = glow(canvas.x - x, canvas.y - y, radius, radius)
        canvas.paint(spot * abs(strength) * 0.35, (1.0, 1.0, 0.95) if strength > 0 else (0, 0, 0.1))


def _person(head: Head) -> None:
    """Everything in front of the background, from back to front."""
    traits = head.traits
    if not traits.bald and traits.style in LONG_STYLES:
        long_hair(head)
    body(head)
    ears(head)
    skin(head)
    cheeks(head)
    if traits.beard != "none":
        beard(head)
    nose(head)
    mouth(head)
    for side in (-1.0, 1.0):
        eye(head, side)
        brow(head, side)
    hair(head)
    if traits.eyeglasses:
        eyeglasses(head)
