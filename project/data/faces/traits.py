"""Who is drawn: every trait of one face, and the labels that follow from them, without a picture.

Each trait takes one number of its own from the face's private random row. So face ``i`` does not
depend on how many faces there are, and changing one base rate changes one trait and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Colour = tuple[float, float, float]
Blob = tuple[float, float, float, float]

LABEL_NAMES = (
    "5_o_Clock_Shadow", "Bald", "Black_Hair", "Blond_Hair", "Brown_Hair", "Eyeglasses", "Goatee",
    "Gray_Hair", "No_Beard", "Smiling",
)  # fmt: skip
SKINS: tuple[Colour, ...] = (
    (0.99, 0.86, 0.77), (0.96, 0.79, 0.67), (0.90, 0.70, 0.55),
    (0.80, 0.59, 0.43), (0.67, 0.46, 0.32), (0.52, 0.34, 0.23),
)  # fmt: skip
HAIRS: dict[str, Colour] = {
    "Black_Hair": (0.08, 0.07, 0.09),
    "Brown_Hair": (0.33, 0.18, 0.09),
    "Blond_Hair": (0.80, 0.58, 0.18),
    "Gray_Hair": (0.60, 0.62, 0.66),
    "red": (0.62, 0.22, 0.06),
}
# Only pairs that the eye tells apart at 32 pixels: neither brown hair on the deepest skin nor the
# brightest colours on skins that come near to them.
HAIRS_ON_LIGHT = ("Black_Hair", "Brown_Hair", "Brown_Hair", "Blond_Hair", "Gray_Hair", "red")
HAIRS_ON_MIDDLE = ("Black_Hair", "Black_Hair", "Brown_Hair", "Gray_Hair")
HAIRS_ON_DEEP = ("Black_Hair", "Black_Hair", "Black_Hair", "Gray_Hair")
IRISES: tuple[Colour, ...] = (
    (0.30, 0.17, 0.08), (0.22, 0.42, 0.62), (0.27, 0.45, 0.26), (0.40, 0.42, 0.45),
)  # fmt: skip
# Backgrounds and clothes keep away from skin and hair colours.
SCENES: tuple[Colour, ...] = (
    (0.45, 0.66, 0.80), (0.30, 0.42, 0.62), (0.52, 0.72, 0.58), (0.72, 0.62, 0.82),
    (0.86, 0.88, 0.90), (0.25, 0.45, 0.47), (0.62, 0.75, 0.86), (0.90, 0.74, 0.78),
)  # fmt: skip
CLOTHES: tuple[Colour, ...] = (
    (0.16, 0.26, 0.48), (0.72, 0.17, 0.20), (0.93, 0.93, 0.91), (0.15, 0.42, 0.36),
    (0.93, 0.70, 0.20), (0.35, 0.22, 0.45), (0.20, 0.22, 0.26),
)  # fmt: skip
FRAMES: tuple[Colour, ...] = ((0.07, 0.07, 0.09), (0.35, 0.10, 0.08), (0.10, 0.16, 0.34))
STYLES = ("short", "parted", "curly", "long", "fringe")
BEARDS = ("full", "full", "goatee", "stubble")
TRAITS_PER_FACE = 64


@dataclass(frozen=True)
class Rates:
    """How often each trait is seen: independent probabilities from 0 to 1."""

    bald: float
    beard: float
    smiling: float
    eyeglasses: float


class _Row:
    """Hands out a face's random numbers, one for each trait, in a fixed order."""

    def __init__(self, numbers: NDArray[np.float64]) -> None:
        self._numbers = iter(numbers.tolist())

    def unit(self) -> float:
        return float(next(self._numbers))

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.unit()

    def one_of(self, options: Sequence[T]) -> T:
        return options[int(self.unit() * len(options))]

    def near(self, colour: Colour, spread: float) -> Colour:
        """Brightens or darkens a colour a little, so that no two faces share one exactly."""
        factor = self.between(1 - spread, 1 + spread)
        red, green, blue = (min(1.0, channel * factor) for channel in colour)
        return (red, green, blue)


def _drawn(draw: Callable[[_Row], object]) -> Any:
    """A trait that depends on no other."""
    return field(metadata={"draw": draw})


def _between(low: float, high: float) -> Any:
    return _drawn(lambda row: row.between(low, high))


def _pair(first: tuple[float, float], second: tuple[float, float]) -> Any:
    return _drawn(lambda row: (row.between(*first), row.between(*second)))


def _scene(row: _Row) -> Colour:
    return row.near(row.one_of(SCENES), 0.10)


def _blob(row: _Row) -> Blob:
    """Place, radius and strength of a spot of light or shadow."""
    return row.between(-1, 1), row.between(-1, 1), row.between(0.15, 0.5), row.between(-1, 1)


@dataclass(frozen=True)
class Traits:
    """One face. Lengths are in half image sides, angles in radians, colours RGB in [0, 1].

    Traits that depend on no other say here how they are drawn. Their order is the format.
    """

    bald: bool
    beard: str
    hair_name: str
    smiling: bool
    eyeglasses: bool
    side_hair: bool
    skin: Colour
    hair: Colour
    style: str = _drawn(lambda row: row.one_of(STYLES))
    beard_length: float = _between(0.0, 0.10)
    hair_volume: float = _between(0.04, 0.11)
    hairline: float = _between(-0.50, -0.36)
    part: float = _drawn(lambda row: row.one_of((-1.0, 1.0)))
    strands: float = _between(9.0, 17.0)
    width: float = _between(0.49, 0.57)
    jaw: float = _between(0.72, 0.92)
    chin: float = _between(0.45, 0.53)
    scale: float = _between(0.90, 1.02)
    offset: tuple[float, float] = _pair((-0.07, 0.07), (-0.02, 0.10))
    tilt: float = _between(-0.20, 0.20)
    yaw: float = _between(-0.50, 0.50)
    light: tuple[float, float] = _pair((-0.95, 0.95), (-0.70, 0.05))
    contrast: float = _between(0.45, 0.75)
    eye_gap: float = _between(0.205, 0.245)
    eye_size: float = _between(0.090, 0.112)
    lid: float = _between(0.05, 0.40)
    gaze: float = _between(-0.25, 0.25)
    iris: tuple[float, float, float] = _drawn(lambda row: row.near(row.one_of(IRISES), 0.15))
    brow: tuple[float, float] = _pair((-0.025, 0.030), (0.020, 0.034))
    nose: tuple[float, float] = _pair((0.070, 0.105), (0.24, 0.30))
    mouth: tuple[float, float] = _pair((0.150, 0.195), (0.435, 0.475))
    lip: float = _drawn(_Row.unit)
    blush: float = _between(0.05, 0.45)
    frame: tuple[float, float, float] = _drawn(lambda row: row.one_of(FRAMES))
    round_glasses: bool = _drawn(lambda row: row.unit() < 0.5)
    clothes: tuple[float, float, float] = _drawn(lambda row: row.near(row.one_of(CLOTHES), 0.10))
    collar: bool = _drawn(lambda row: row.unit() < 0.5)
    scene: tuple[Colour, Colour] = _drawn(lambda row: (_scene(row), _scene(row)))
    scene_angle: float = _between(0, 2 * np.pi)
    blobs: tuple[Blob, ...] = _drawn(lambda row: (_blob(row), _blob(row), _blob(row)))


def draw_traits(pool_seed: int, index: int, rates: Rates) -> Traits:
    """Draws the traits of face ``index``; the same answer for the same three arguments."""
    row = _Row(np.random.default_rng((pool_seed, index)).random(TRAITS_PER_FACE))
    bald, bearded = row.unit() < rates.bald, row.unit() < rates.beard
    kind = row.one_of(BEARDS)
    tone = int(row.unit() * len(SKINS))
    hair_name = row.one_of((HAIRS_ON_LIGHT, HAIRS_ON_MIDDLE, HAIRS_ON_DEEP)[tone // 2])
    return Traits(
        bald=bald,
        beard=kind if bearded else "none",
        hair_name=hair_name,
        smiling=row.unit() < rates.smiling,
        eyeglasses=row.unit() < rates.eyeglasses,
        side_hair=row.unit() < 0.4,
        skin=row.near(SKINS[tone], 0.05),
        hair=row.near(HAIRS[hair_name], 0.12),
        **{trait.name: trait.metadata["draw"](row) for trait in fields(Traits) if trait.metadata},
    )


def label_row(traits: Traits) -> tuple[int, ...]:
    """Returns the 0/1 labels in the order of ``LABEL_NAMES``.

    A hair colour is that of the hair on top of the head, so a bald face has none.
    """
    truths = {
        "5_o_Clock_Shadow": traits.beard == "stubble",
        "Bald": traits.bald,
        "Eyeglasses": traits.eyeglasses,
        "Goatee": traits.beard == "goatee",
        "No_Beard": traits.beard == "none",
        "Smiling": traits.smiling,
    }
    for name in ("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair"):
        truths[name] = not traits.bald and traits.hair_name == name
    return tuple(int(truths[name]) for name in LABEL_NAMES)
