"""What a DA kind is set to, image by image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import torch
    from torch import Tensor

# Name of a parameter -> its value for each of m images.
Parameters: TypeAlias = "Mapping[str, Tensor]"


def uniform(count: int, low: float, high: float, rng: torch.Generator) -> Tensor:
    """Draws ``count`` numbers, uniform over [low, high)."""
    import torch

    return low + (high - low) * torch.rand(count, generator=rng, device=rng.device)


def same(count: int, value: float, rng: torch.Generator) -> Tensor:
    """Returns ``count`` times the same number, on the generator's device."""
    import torch

    dtype = torch.int64 if isinstance(value, int) else precise(rng.device)
    return torch.full((count,), value, dtype=dtype, device=rng.device)


def precise(device: torch.device) -> torch.dtype:
    """Returns the most precise numbers of a device; Apple's lack double precision."""
    import torch

    return torch.float32 if device.type == "mps" else torch.float64


def per_image(values: Tensor, images: Tensor) -> Tensor:
    """Shapes ``m`` values so that each meets the pixels of its own of ``m`` images."""
    return values.to(images).view(-1, 1, 1, 1)


def rows(parameters: Parameters, count: int) -> list[dict[str, float]]:
    """Returns the parameters of each of ``count`` images as plain numbers."""
    columns = {name: values.tolist() for name, values in parameters.items()}
    return [{name: column[i] for name, column in columns.items()} for i in range(count)]
