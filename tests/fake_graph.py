"""A CUDA graph on the CPU: what a step did to which tensors, recorded op by op and done again.

As on the device, a replay knows neither Python nor its numbers: it repeats the recorded operations
on the recorded memory, constants and all. Only random numbers go on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from project.modules.cuda_graph import Losses

READS = "aten._local_scalar_dense.default"


class Recorded(TorchDispatchMode):
    """Keeps every operation with its arguments and results."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[tuple[Any, Any, Any, Any]] = []
        self.reads = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.reads += str(func) == READS
        out = func(*args, **(kwargs or {}))
        self.operations.append((func, args, kwargs or {}, out))
        return out

    @torch.no_grad()
    def replay(self) -> None:
        for func, args, kwargs, out in self.operations:
            again = func(*args, **kwargs)
            given = {storage(tensor) for tensor in tensors((args, kwargs))}
            for old, new in zip(tensors(out), tensors(again), strict=True):
                if storage(old) not in given:
                    old.copy_(new)


class FakeRecorder:
    """In the place of the recorder of a CUDA device."""

    made: list[FakeRecorder]

    def __init__(self, module: nn.Module) -> None:
        self.module: Any = module
        self.asides = self.replays = 0
        self.graphs: list[Recorded] = []

    def aside(self, step: Callable[[], Losses]) -> tuple[Losses, str]:
        self.asides += 1
        with Recorded() as recorded:
            losses = step()
        return losses, "it waits for the device" if recorded.reads else ""

    def record(self, step: Callable[[], Losses]) -> tuple[Callable[[], None], Losses]:
        """Records the step and undoes it: a capture executes nothing."""
        held, generators = self.state(), self.generators()
        before = [tensor.clone() for tensor in held]
        drawn = [generator.get_state() for generator in generators]
        with Recorded() as recorded:
            losses = step()
        if recorded.reads:
            raise RuntimeError("operation not permitted when stream is capturing")
        with torch.no_grad():
            for tensor, value in zip(held, before, strict=True):
                tensor.copy_(value)
        for generator, state in zip(generators, drawn, strict=True):
            generator.set_state(state)
        self.graphs.append(recorded)

        def replay() -> None:
            self.replays += 1
            recorded.replay()

        return replay, losses

    def generators(self) -> list[torch.Generator]:
        held = [value for part in self.module.modules() for value in vars(part).values()]
        return [torch.default_generator] + [x for x in held if isinstance(x, torch.Generator)]

    def state(self) -> list[Tensor]:
        found = [*self.module.parameters(), *self.module.buffers()]
        for wrapper in self.module.optimizers():
            for values in wrapper.optimizer.state.values():
                found += [value for value in values.values() if isinstance(value, Tensor)]
        return found


def tensors(tree: Any) -> list[Tensor]:
    return [leaf for leaf in tree_flatten(tree)[0] if isinstance(leaf, Tensor)]


def storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()
