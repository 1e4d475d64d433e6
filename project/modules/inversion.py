"""Digits out of a classifier, by gradient descent on the pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from project.errors import UserError
from project.losses.inversion import L_CE, L_TV, L_binary
from project.modules.counted import CountedModule
from project.modules.jitter import shift
from project.modules.noise import coarse_noise

STARTS = ("uniform", "coarse")


class InversionModule(CountedModule):
    """All images at once, each with its own loss (Study D, inversion).

    The losses are summed over images and Adam works pixel by pixel, so that what becomes of one
    image does not depend on its neighbours.

    Args:
        target: the wanted digit, a list of digits, or ``all``.
        n_per_digit: images of each.
        classes: digits that the classifier knows, the noise label not counted.
        size: side of the images in pixels.
        start: ``uniform`` noise, or ``coarse``: noise drawn on coarser grids and enlarged.
        jitter: before each step the images are moved by up to so many pixels, for that step.
        L_CE: weight of the cross-entropy.
        L_TV: weight of the total variation.
        L_binary: weight of the term that drives pixels to 0 or 1.
        optimizer: parameters -> optimizer.
        schedule: optimizer and number of steps -> schedule.
        seed: of the noise and the jitter.

    Raises:
        UserError: a target is no digit, or the start is unknown.
    """

    def __init__(
        self,
        *,
        target: int | str | Sequence[int],
        n_per_digit: int,
        classes: int,
        size: int,
        start: str,
        jitter: int,
        L_CE: float,
        L_TV: float,
        L_binary: float,
        optimizer: Any,
        schedule: Any,
        seed: int,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        if start not in STARTS:
            raise UserError(f"module.start={start} is unknown. Allowed: {', '.join(STARTS)}.")
        digits = wanted_digits(target, classes)
        self.weights = {"L_CE": L_CE, "L_TV": L_TV, "L_binary": L_binary}
        self.jitter = jitter
        self.optimizer = optimizer
        self.schedule = schedule
        self.seed = seed
        noise = [start_image(d, i, size, start, seed) for d in digits for i in range(n_per_digit)]
        self.images = nn.Parameter(torch.cat(noise))
        labels = torch.tensor(digits).repeat_interleave(n_per_digit)
        self.register_buffer("wanted", labels)
        self.wanted: Tensor
        # In a list, so that the classifier's weights are neither trained nor saved with this run.
        self._classifier: list[nn.Module] = []

    @property
    def classifier(self) -> nn.Module:
        """The frozen classifier: images -> logits."""
        return self._classifier[0]

    def setup(self, stage: str) -> None:
        """Takes the classifier from the data module and freezes it."""
        datamodule: Any = self.trainer.datamodule  # type: ignore[attr-defined]
        network: nn.Module = datamodule.classifier
        self._classifier = [network.requires_grad_(False).eval()]

    def on_fit_start(self) -> None:
        """Moves the classifier to the training device."""
        self.classifier.to(self.device)

    def configure_optimizers(self) -> Any:
        """The optimizer of the pixels and its schedule."""
        optimizer = self.optimizer(params=[self.images])
        steps = int(self.trainer.num_training_batches) * int(self.trainer.max_epochs or 1)
        return [optimizer], [self.schedule(optimizer, total_steps=steps)]

    def training_step(self, batch: Any, batch_idx: int) -> None:
        """One step: the pixels are clamped, seen (moved by the jitter), and adjusted."""
        optimizer: Any = self.optimizers()
        with torch.no_grad():
            self.images.clamp_(0, 1)
        seen: Tensor = self.images
        if self.jitter:
            # A function of the step alone, so that a resumed run moves as the uninterrupted one.
            rng = torch.Generator().manual_seed(self.seed * 1_000_003 + self.batches)
            seen = shift(seen, self.jitter, rng)
        terms = {
            "L_CE": L_CE(self.classifier(seen), self.wanted),
            "L_TV": L_TV(self.images),
            "L_binary": L_binary(self.images),
        }
        loss = sum(self.weights[name] * term.sum() for name, term in terms.items())
        optimizer.zero_grad(set_to_none=True)
        self.manual_backward(loss)
        optimizer.step()
        schedule: Any = self.lr_schedulers()
        schedule.step()
        self.count(len(self.images), {name: term.mean() for name, term in terms.items()})

    def pictures(self) -> Tensor:
        """Returns the images, ``N x 1 x H x W``, clamped to [0, 1], on the CPU."""
        return self.images.detach().clamp(0, 1).cpu()


def wanted_digits(target: int | str | Sequence[int], classes: int) -> list[int]:
    """Reads ``target``.

    Raises:
        UserError: it is none of the digits, or no digit at all.
    """
    if target == "all":
        return list(range(classes))
    digits = [target] if isinstance(target, int | str) else list(target)
    for digit in digits:
        if isinstance(digit, bool) or not isinstance(digit, int) or not 0 <= digit < classes:
            raise UserError(f"target={digit} is no digit. Allowed: 0 to {classes - 1}, or all.")
    if not digits or len(set(digits)) < len(digits):
        raise UserError(f"target={digits} must name each wanted digit once, such as [0,3], or all.")
    return [int(digit) for digit in digits]


def start_image(digit: int, index: int, size: int, start: str, seed: int) -> Tensor:
    """Draws the noise that image ``index`` of ``digit`` starts from, ``1 x 1 x size x size``."""
    rng = torch.Generator().manual_seed((seed * 1_000_003 + digit) * 1_000_003 + index)
    if start == "coarse":
        return coarse_noise(1, rng)
    return torch.rand(1, 1, size, size, generator=rng)
