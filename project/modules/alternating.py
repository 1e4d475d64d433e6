"""The project's one alternating step: D on real and generated images, then G on a new z."""

from __future__ import annotations

import abc
import contextlib
import copy
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast, final

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from project.datamodules.batches import Batch
from project.datamodules.pixels import to_uint8
from project.modules.average import share_of_new, update_average
from project.modules.captured import CapturedStep, captured
from project.modules.step_counter import MakeOptimizer, StepCountingModule


class Term(NamedTuple):
    """A weighted scalar: one addend of a loss.

    Attributes:
        weight: its factor in the sum.
        value: the scalar, with its graph.
    """

    weight: float
    value: Tensor


class AlternatingModule(StepCountingModule, abc.ABC):
    """A generator and a discriminator, trained in turn.

    A study fills in `d_terms`, `g_terms` and `source`; the step itself is final.

    Args:
        generator: source -> images ``m x C x H x W``.
        discriminator: images -> scores.
        d_optimizer: parameters -> optimizer of D.
        g_optimizer: parameters -> optimizer of G.
        average_decay: decay of G's exponential moving average per batch, in [0, 1).

    Attributes:
        pixel_range: the values that stand for black and white in G's images.
        capture: whether the step is captured as a CUDA graph: ``auto`` where that can be done,
            ``on`` or not at all, ``off``.
    """

    pixel_range: tuple[float, float]

    def __init__(
        self,
        *,
        generator: nn.Module,
        discriminator: nn.Module,
        d_optimizer: MakeOptimizer,
        g_optimizer: MakeOptimizer,
        average_decay: float,
    ) -> None:
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self.generator_average = copy.deepcopy(generator).requires_grad_(False).eval()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.average_decay = average_decay
        self.capture = "off"
        self._captured: CapturedStep | None = None

    @abc.abstractmethod
    def source(self, batch: Batch) -> Tensor:
        """What G turns into images: noise, or the batch's images. Called once for each step."""

    @abc.abstractmethod
    def sample_sources(self, count: int, seed: int) -> Tensor:
        """Returns ``count`` sources for looking at and scoring, the same for the same seed."""

    @abc.abstractmethod
    def d_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """The terms that D minimises.

        Args:
            batch: real images.
            fake: G(source), ``m x C x H x W``, without graph.
        """

    @abc.abstractmethod
    def g_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """The terms that G minimises.

        Args:
            batch: real images.
            fake: G(source) of a new source, ``m x C x H x W``, with graph.
        """

    def phase(self) -> Hashable:
        """What of the number of the batch and of the epoch the terms follow, if they do.

        A captured step repeats what it was when it was captured; each phase is captured anew.
        """
        return None

    def shown(self, sources: Tensor, images: Tensor) -> Tensor:
        """What of sources and the uint8 images made of them is put into pictures: the images."""
        return images

    @final
    def configure_optimizers(self) -> list[Optimizer]:
        """The optimizer of D, then that of G."""
        return [
            self.d_optimizer(params=self.discriminator.parameters()),
            self.g_optimizer(params=self.generator.parameters()),
        ]

    @final
    def on_train_start(self) -> None:
        """Lets the step be captured, where it can be."""
        self._captured = captured(self, self._alternate)

    @final
    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """Trains D on a real and a generated batch, then G on a newly drawn source."""
        share = share_of_new(self.average_decay, self.batches)
        if self._captured is not None:
            losses = self._captured.step(batch, share)
        else:
            losses = self._alternate(batch, share, cast(list[Optimizer], self.optimizers()))
        self.count(len(batch.images), losses)

    def _alternate(
        self, batch: Batch, share: float | Tensor, optimizers: Sequence[Optimizer]
    ) -> dict[str, Tensor]:
        d_optimizer, g_optimizer = optimizers

        with torch.no_grad():
            fake = self.generator(self.source(batch))
        # Autocast keeps G's weights as they were cast here: without a graph, so that PyTorch 2.8
        # and 2.9 would not train them in G's step (its issue 158232).
        torch.clear_autocast_cache()
        d_terms = self.d_terms(batch, fake)
        self._descend(d_terms, d_optimizer)

        # D's weights need no gradient here: G's passes through D to its images alone.
        with _frozen(self.discriminator):
            fake = self.generator(self.source(batch))
            g_terms = self.g_terms(batch, fake)
            self._descend(g_terms, g_optimizer)

        update_average(self.generator_average, self.generator, share)
        return {name: term.value for name, term in (d_terms | g_terms).items()}

    @final
    @torch.no_grad()
    def generate(self, sources: Tensor, weights: str, batch_size: int) -> Iterator[Tensor]:
        """Generates images without touching the training.

        Args:
            sources: what `sample_sources` returned.
            weights: ``generator``, or ``average`` for its moving average.
            batch_size: images at a time.

        Yields:
            uint8 images, ``m x C x H x W``.
        """
        network = {"generator": self.generator, "average": self.generator_average}[weights]
        training = network.training
        network.eval()
        try:
            for some in torch.split(sources, batch_size):
                yield to_uint8(network(some.to(self.device)), *self.pixel_range)
        finally:
            network.train(training)

    def _descend(self, terms: Mapping[str, Term], optimizer: Optimizer) -> None:
        optimizer.zero_grad(set_to_none=True)
        total = torch.stack([term.weight * term.value for term in terms.values()]).sum()
        self.manual_backward(total)
        optimizer.step()


@contextlib.contextmanager
def _frozen(network: nn.Module) -> Iterator[None]:
    network.requires_grad_(False)
    try:
        yield
    finally:
        network.requires_grad_(True)


def without_graph(network: nn.Module, *inputs: Tensor) -> Callable[[], Tensor]:
    """Returns what calls a network without a graph, for a loss that asks for it or does not."""

    def called() -> Tensor:
        with torch.no_grad():
            outputs: Tensor = network(*inputs)
        return outputs

    return called
