"""Ways through z along which every z is as likely as any other."""

from __future__ import annotations

import torch
from torch import Tensor


def walk(start: Tensor, end: Tensor, steps: int) -> Tensor:
    """Goes from one z to another along a circle, on which each z is as likely as the ends.

    Args:
        start: ``latent``.
        end: ``latent``.
        steps: how many z there are, both ends among them.

    Returns:
        ``steps x latent``.
    """
    angle = torch.linspace(0, torch.pi / 2, steps)[:, None]
    return torch.cos(angle) * start + torch.sin(angle) * end


def round_trip(stops: Tensor, steps: int) -> Tensor:
    """Goes from stop to stop along circles, and back to the first.

    Args:
        stops: ``k x latent``, drawn from N(0, 1).
        steps: how many z there are, spread evenly; the first is not there again at the end.

    Returns:
        ``steps x latent``.
    """
    count = len(stops)
    place = torch.arange(steps) * count / steps
    first = place.long()
    angle = ((place - first) * torch.pi / 2)[:, None]
    return torch.cos(angle) * stops[first] + torch.sin(angle) * stops[(first + 1) % count]
