"""The training step as a CUDA graph: captured once, then launched as one (trainer.capture).

Kernels of a small GAN are shorter than Python's launching of them. A captured step is the same
kernels on the same memory, so that what changes from batch to batch is copied into tensors that
stay: the batch, the learning rates, the moving average's share.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import torch
from rich.console import Console
from torch import Tensor
from torch.optim import Optimizer

from project.datamodules.batches import Batch
from project.errors import UserError
from project.modules.cuda_graph import CUDARecorder, Losses
from project.modules.rates import Rates

# Batches that are trained kernel by kernel before a capture: libraries choose their kernels then.
WARM_UP = 3
KEPT = 16  # captured steps: where weights move with the epoch, old ones are of no use any more
console = Console(stderr=True)


class Step(Protocol):
    """A training step."""

    def __call__(
        self, batch: Batch, share: float | Tensor, optimizers: Sequence[Optimizer]
    ) -> Losses:
        """Trains on a batch and returns its losses, each a scalar."""


class Recorder(Protocol):
    """What records the work of a device."""

    def aside(self, step: Callable[[], Losses]) -> tuple[Losses, str]:
        """Takes a step as it is recorded later; returns also what forbids it to be recorded."""

    def record(self, step: Callable[[], Losses]) -> tuple[Callable[[], None], Losses]:
        """Records a step without taking it; returns what takes it, and where its losses are."""


class Inputs(NamedTuple):
    """The tensors that a captured step reads what changes from: always the same memory."""

    batch: Batch
    share: Tensor


class CapturedStep:
    """Takes a step by replaying it, once for each batch shape and phase it has been captured.

    Args:
        module: whose step it is.
        step: the step.
        recorder: of the device.
        must: whether a step that cannot be captured is an error.
    """

    def __init__(self, *, module: Any, step: Step, recorder: Recorder, must: bool) -> None:
        self.module = module
        self.must = must
        self._step = step
        self._recorder = recorder
        self._optimizers: list[Any] = module.optimizers()
        self._rates = [Rates(wrapper.optimizer) for wrapper in self._optimizers]
        self._inputs: dict[Hashable, Inputs] = {}
        self._warmed: Counter[Hashable] = Counter()
        self._captures: dict[Hashable, tuple[Callable[[], None], Losses]] = {}
        self._given_up = False

    def step(self, batch: Batch, share: float) -> Losses:
        """Trains on a batch.

        Args:
            batch: on the device.
            share: of the new weights in the moving average.

        Returns:
            The losses, which the next step overwrites.

        Raises:
            UserError: the step cannot be captured, and must be, or has shown so too late.
        """
        if self._given_up:
            return self._step(batch, share, self._optimizers)
        shape = tuple((tensor.shape, tensor.dtype) for tensor in batch)
        inputs = self._filled(shape, batch, share)
        moved = tuple(rates.follow() for rates in self._rates)
        key = (shape, self.module.phase(), moved)
        if self._warmed[key] < WARM_UP:
            losses = self._warm_up(key, inputs)
        else:
            losses = self._replay(key, inputs)
        for wrapper in self._optimizers:
            # Lightning counts the steps of its wrappers, which a graph goes past.
            wrapper._on_before_step()
            wrapper._on_after_step()
        return losses

    def _filled(self, shape: Hashable, batch: Batch, share: float) -> Inputs:
        if shape not in self._inputs:
            like = Batch(*(torch.empty_like(tensor) for tensor in batch))
            moving = torch.empty((), dtype=torch.float64, device=batch.images.device)
            self._inputs[shape] = Inputs(like, moving)
        inputs = self._inputs[shape]
        for held, given in zip(inputs.batch, batch, strict=True):
            held.copy_(given)
        inputs.share.fill_(share)
        return inputs

    def _warm_up(self, key: Hashable, inputs: Inputs) -> Losses:
        self._warmed[key] += 1
        with noting_the_clock(self.module) as asked:
            losses, hindrance = self._recorder.aside(lambda: self._on(inputs))
        if asked and self.module.phase() is None:
            hindrance = f"its terms follow {asked[0]}, of which its phase() says nothing"
        if hindrance:
            self._given_up = True
            give_up(hindrance, self.must)
        return losses

    def _replay(self, key: Hashable, inputs: Inputs) -> Losses:
        # Put at the end: those that were not used for longest are dropped.
        capture = self._captures.pop(key, None) or self._capture(inputs)
        self._captures[key] = capture
        if len(self._captures) > KEPT:
            self._captures.pop(next(iter(self._captures)))
        replay, losses = capture
        replay()
        return losses

    def _capture(self, inputs: Inputs) -> tuple[Callable[[], None], Losses]:
        for wrapper in self._optimizers:
            # The graph has gradients of its own.
            wrapper.optimizer.zero_grad(set_to_none=True)
        try:
            return self._recorder.record(lambda: self._on(inputs))
        except RuntimeError as error:
            # The end of the capture fails anew; what went wrong in it was first.
            first: BaseException = error
            while first.__context__ is not None:
                first = first.__context__
            if isinstance(first, torch.OutOfMemoryError):
                raise first from None
            reason = " ".join(str(first).split("\n")[0].split())
            raise UserError(
                f"The training step cannot be captured ({reason}). Add trainer.capture=off."
            ) from error

    def _on(self, inputs: Inputs) -> Losses:
        # Autocast keeps the weights that it has cast: none of before, none for afterwards.
        torch.clear_autocast_cache()
        with contextlib.ExitStack() as stack:
            for rates in self._rates:
                stack.enter_context(rates.readable())
            optimizers = [wrapper.optimizer for wrapper in self._optimizers]
            losses = self._step(inputs.batch, inputs.share, optimizers)
        torch.clear_autocast_cache()
        return {name: value.detach() for name, value in losses.items()}


def captured(module: Any, step: Step) -> CapturedStep | None:
    """Returns what captures a module's step, or None where that is not wanted or not possible.

    Args:
        module: about to be trained; its ``capture`` is ``auto``, ``on`` or ``off``.
        step: of it.

    Raises:
        UserError: it cannot be captured, and must be.
    """
    if module.capture == "off":
        return None
    must = module.capture == "on"
    if not records(module.device):
        # Nobody expects it there.
        if must:
            give_up("only a CUDA device captures", must)
        return None
    hindrance = hindrance_of(module)
    if hindrance:
        give_up(hindrance, must)
        return None
    return CapturedStep(module=module, step=step, recorder=CUDARecorder(module), must=must)


def records(device: torch.device) -> bool:
    """Says whether a device records its work."""
    return device.type == "cuda"


def hindrance_of(module: Any) -> str:
    """Says what forbids a module's step to be captured; empty where nothing is known to."""
    if module.trainer.world_size > 1:
        return "several processes share each step"
    if getattr(module.trainer.precision_plugin, "scaler", None) is not None:
        return "trainer.precision=16-mixed looks at every gradient; bf16-mixed does not"
    groups = [group for wrapper in module.optimizers() for group in wrapper.param_groups]
    if not all(group.get("fused") and "capturable" in group for group in groups):
        return "its optimizers are not fused Adam"
    return ""


def give_up(hindrance: str, must: bool) -> None:
    """Says why a step is not captured.

    Raises:
        UserError: it must be.
    """
    if must:
        raise UserError(
            f"trainer.capture=on: the training step cannot be captured: {hindrance}. "
            "trainer.capture=auto trains without where it must."
        )
    console.print(f"The training step is not captured, and slower: {hindrance}.")


@contextlib.contextmanager
def noting_the_clock(module: Any) -> Iterator[list[str]]:
    """Yields what a module asks of the time: which batch, which epoch is it?"""
    asked: list[str] = []
    own, batches = type(module), module.batches

    def noted(name: str, answer: Callable[[Any], Any]) -> property:
        def ask(self: Any) -> Any:
            asked.append(f"self.{name}")
            return answer(self)

        return property(ask)

    module.__class__ = type(
        own.__name__,
        (own,),
        {
            "batches": noted("batches", lambda _: batches),
            "current_epoch": noted("current_epoch", own.current_epoch.fget),
        },
    )
    try:
        yield asked
    finally:
        module.__class__ = own
