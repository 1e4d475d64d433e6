"""The project's one alternating step: D on real and generated images, then G on a new z."""

from __future__ import annotations

import abc
import copy
from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast, final

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from project.datamodules.batches import Batch
from project.datamodules.pixels import to_uint8
from project.modules.average import update_average
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
        self.automatic_optimization = False
        self.generator = generator
        self.discriminator = discriminator
        self.generator_average = copy.deepcopy(generator).requires_grad_(False).eval()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.average_decay = average_decay

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

    def shown(self, sources: Tensor, images: Tensor) -> Tensor:
        """What of sources and the uint8 images made of them is put into pictures: the images."""
        return images

    @final
    def configure_optimizers(self) -> list[Optimizer]:
        """Adam for D and for G."""
        return [
            self.d_optimizer(params=self.discriminator.parameters()),
            self.g_optimizer(params=self.generator.parameters()),
        ]

    @final
    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """Trains D on a real and a generated batch, then G on a newly drawn source."""
        d_optimizer, g_optimizer = cast(list[Optimizer], self.optimizers())

        with torch.no_grad():
            fake = self.generator(self.source(batch))
        d_terms = self.d_terms(batch, fake)
        self._descend(d_terms, d_optimizer)

        # D's weights need no gradient here: G's passes through D to its images alone.
        self.discriminator.requires_grad_(False)
        fake = self.generator(self.source(batch))
        g_terms = self.g_terms(batch, fake)
        self._descend(g_terms, g_optimizer)
        self.discriminator.requires_grad_(True)

        update_average(self.generator_average, self.generator, self.average_decay, self.batches)
        values = {name: term.value for name, term in (d_terms | g_terms).items()}
        self.count(len(batch.images), values)

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
