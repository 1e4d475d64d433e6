"""Learning rates that move although the step is captured."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch.optim import Optimizer


class Rates:
    """An optimizer's learning rates while its step is captured.

    Its own rate is a number of the graph, as it is one without; a rate that has been moved is read
    out of a tensor, as it may be moved again.

    Args:
        optimizer: whose rates are moved between two steps, if they are.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.groups: list[dict[str, Any]] = optimizer.param_groups
        self._own = optimizer.defaults["lr"]
        # The fused kernels of CUDA read float32, those of the CPU any.
        devices = [group["params"][0].device for group in self.groups]
        self._tensors = [
            torch.empty((), device=d, dtype=torch.float32 if d.type == "cuda" else torch.float64)
            for d in devices
        ]

    def follow(self) -> tuple[bool, ...]:
        """Copies moved rates into their tensors; returns which have been moved."""
        moved = tuple(group["lr"] != self._own for group in self.groups)
        for group, tensor, is_moved in zip(self.groups, self._tensors, moved, strict=True):
            if is_moved:
                tensor.fill_(group["lr"])
        return moved

    @contextlib.contextmanager
    def readable(self) -> Iterator[None]:
        """Lets the optimizer's step read the tensors; what is saved of it stays numbers."""
        before = [(group["lr"], group["capturable"]) for group in self.groups]
        for group, tensor in zip(self.groups, self._tensors, strict=True):
            rate = group["lr"] if group["lr"] == self._own else tensor
            group |= {"lr": rate, "capturable": True}
        try:
            yield
        finally:
            for group, (rate, capturable) in zip(self.groups, before, strict=True):
                group |= {"lr": rate, "capturable": capturable}
