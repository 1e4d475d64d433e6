"""Recording what a CUDA device does, and having it done again."""

from __future__ import annotations

import gc
import random
import warnings
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

Losses = dict[str, Tensor]
SYNC = "called a synchronizing CUDA operation"  # PyTorch's words


class CUDARecorder:
    """Records steps of a module on a stream of their own, as CUDA graphs.

    Random numbers of the device go on from replay to replay as without a graph: the device's own
    generator belongs to every graph, and so do generators that the module or a part of it holds.

    Args:
        module: on a CUDA device.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        # One memory for all graphs: they are replayed one after the other, and none reads what an
        # earlier one has left.
        self._pool = torch.cuda.graph_pool_handle()

    def aside(self, step: Callable[[], Losses]) -> tuple[Losses, str]:
        """Takes a step kernel by kernel, on the stream that it will be captured on.

        Returns:
            its losses, and what in it a graph would not repeat; empty where there is nothing.
        """
        here = torch.cuda.current_stream()
        self.stream.wait_stream(here)
        drawn, mode = _states(), torch.cuda.get_sync_debug_mode()
        with warnings.catch_warnings(record=True) as caught, torch.cuda.stream(self.stream):
            warnings.simplefilter("always")
            torch.cuda.set_sync_debug_mode("warn")
            try:
                losses = step()
            finally:
                torch.cuda.set_sync_debug_mode(mode)
        here.wait_stream(self.stream)
        if any(SYNC in str(warning.message) for warning in caught):
            return losses, "it waits for the device (.item(), .cpu(), a shape that follows data)"
        if _states() != drawn:
            return losses, "it draws random numbers on the CPU"
        return losses, ""

    def record(self, step: Callable[[], Losses]) -> tuple[Callable[[], None], Losses]:
        """Captures a step.

        Raises:
            RuntimeError: it does what cannot be captured.
        """
        graph = torch.cuda.CUDAGraph()
        for generator in generators_of(self.module):
            graph.register_generator_state(generator)
        # A graph of an earlier training must not be freed while another is captured.
        gc.collect()
        collects = gc.isenabled()
        gc.disable()
        try:
            with torch.cuda.graph(graph, pool=self._pool, stream=self.stream):
                losses = step()
        finally:
            if collects:
                gc.enable()
        return graph.replay, losses


def generators_of(module: nn.Module) -> list[torch.Generator]:
    """Returns the generators of the device that a module or a part of it holds."""
    held = (value for part in module.modules() for value in vars(part).values())
    found = {id(one): one for one in held if isinstance(one, torch.Generator)}
    return [one for one in found.values() if one.device.type == "cuda"]


def _states() -> tuple[bytes, ...]:
    """Returns the states of the generators that a graph knows nothing of."""
    numpy_state = np.random.get_state(legacy=False)
    return (
        torch.get_rng_state().numpy().tobytes(),
        repr(random.getstate()).encode(),
        repr(numpy_state).encode(),
    )
