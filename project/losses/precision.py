"""Losses are of whole precision, whatever layers compute in."""

from __future__ import annotations

import torch
from torch import Tensor


def at_least_float32(values: Tensor) -> Tensor:
    """Returns 16-bit values as float32, others as they are."""
    return values.to(torch.promote_types(values.dtype, torch.float32))
