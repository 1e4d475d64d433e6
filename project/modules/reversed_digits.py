"""Study C's GAN: G receives a digit, white on black, and returns it black on white."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from project.datamodules.batches import Batch
from project.losses.adversarial import Adversarial, halved
from project.modules.alternating import AlternatingModule, Term, without_graph
from project.modules.step_counter import MakeOptimizer

if TYPE_CHECKING:
    from project.data.source import ImageSet


class ReversedDigitsModule(AlternatingModule):
    """Real images are 1 - x at the indices of G's inputs (Study C, training).

    Args:
        network: generator and discriminator.
        adversarial: the losses of D and G on D's logits.
        d_optimizer: parameters -> optimizer of D.
        g_optimizer: parameters -> optimizer of G.
        average_decay: decay of G's moving average per batch, in [0, 1); 0 keeps none.
        testing: the images that are reversed for looking and scoring.
    """

    pixel_range = (0.0, 1.0)

    def __init__(
        self,
        *,
        network: Any,
        adversarial: Adversarial,
        d_optimizer: MakeOptimizer,
        g_optimizer: MakeOptimizer,
        average_decay: float,
        testing: ImageSet,
    ) -> None:
        super().__init__(
            generator=network.generator,
            discriminator=network.discriminator,
            d_optimizer=d_optimizer,
            g_optimizer=g_optimizer,
            average_decay=average_decay,
        )
        self.adversarial = adversarial
        self.testing = testing

    def source(self, batch: Batch) -> Tensor:
        """The batch's own images x."""
        return batch.images

    def sample_rows(self, count: int, seed: int) -> Tensor:
        """Draws rows of the test images, each at most once.

        Args:
            count: how many; fewer where there are fewer.
            seed: of the draw.
        """
        rng = torch.Generator().manual_seed(seed)
        return torch.randperm(len(self.testing), generator=rng)[:count]

    def sample_sources(self, count: int, seed: int) -> Tensor:
        """Draws test images, ``count x 1 x H x W`` in [0, 1]."""
        rows = self.sample_rows(count, seed)
        return torch.from_numpy(self.testing.images[rows.numpy()]).float() / 255

    def shown(self, sources: Tensor, images: Tensor) -> Tensor:
        """Puts input and output side by side, ``m x 1 x H x 2W``."""
        inputs = (sources * 255).round().to(torch.uint8)
        return torch.cat([inputs, images], dim=3)

    def d_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """L_D: the mean of the cross-entropies on 1 - x and G(x)."""
        real, generated = both(self.discriminator, 1 - batch.images, fake)
        return {"L_D": Term(1.0, halved(self.adversarial.D(real, generated)))}

    def g_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        """L_G: the mean squared logarithmic error between 1 and D(G(x))."""
        on_fake = self.discriminator(fake)
        on_real = without_graph(self.discriminator, 1 - batch.images)
        return {"L_G": Term(1.0, self.adversarial.G(on_fake, on_real))}


def both(discriminator: nn.Module, real: Tensor, fake: Tensor, *others: Tensor) -> Any:
    """Sends real and generated images through D in one pass, which costs less than two.

    Args:
        discriminator: without batch norm, for which one pass would not be the same.
        real: images.
        fake: as many.
        others: what else D is given, the same for both.

    Returns:
        logits of the real and of the generated images.
    """
    twice = [torch.cat([other, other]) for other in others]
    return discriminator(torch.cat([real, fake]), *twice).chunk(2)
