from __future__ import annotations

import math

import pytest
import torch

from project.datamodules.pixels import from_uint8, to_uint8
from project.errors import UserError


def test_every_byte_comes_back() -> None:
    levels = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)
    assert torch.equal(to_uint8(from_uint8(levels, -1, 1), -1, 1), levels)


def test_rounds_and_clamps() -> None:
    # 0.9 of a level above 100 is 101, not 100 as truncation has it.
    pixels = torch.tensor([100.9 / 127.5 - 1, -3.0, 3.0, math.inf]).view(1, 1, 2, 2)
    assert to_uint8(pixels, -1, 1).flatten().tolist() == [101, 0, 255, 255]


def test_nan_is_refused() -> None:
    pixels = torch.zeros(3, 1, 2, 2)
    pixels[1, 0, 0, 0] = math.nan
    with pytest.raises(UserError, match="1 of 3 generated images hold NaN"):
        to_uint8(pixels, -1, 1)
