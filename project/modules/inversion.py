"""Digits out of a classifier, by gradient descent on the pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from project.data.target_digits import TargetDigits
from project.errors import UserError, nearest
from project.losses.inversion import L_CE, L_TV, L_binary
from project.modules.classifier import ClassifierModule
from project.modules.jitter import shift
from project.modules.noise import coarse_noise
from project.modules.schedules import Schedule, follows_length
from project.modules.step_counter import MakeOptimizer, StepCountingModule
from project.networks.committee import Committee

STARTS = ("uniform", "coarse")


class InversionModule(StepCountingModule):
    """All images at once, each with its own loss (Study D, inversion).

    The losses are summed over images and Adam works pixel by pixel, so that what becomes of one
    image does not depend on its neighbours.

    Args:
        size: side of the images in pixels.
        start: ``uniform`` noise, or ``coarse``: noise drawn on coarser grids and enlarged.
        jitter: before each step the images are moved by up to so many pixels, for that step.
        L_CE: weight of the cross-entropy.
        L_TV: weight of the total variation.
        L_binary: weight of the term that drives pixels to 0 or 1.
        optimizer: parameters -> optimizer.
        schedule: optimizer and number of steps -> schedule.
        seed: of the noise and the jitter.
        task: the digits, and how many images of each.
        networks: modules of the classifiers to invert, by name; of several the mean answer.

    Raises:
        UserError: the start is unknown, or a classifier has other classes than the task.
    """

    def __init__(
        self,
        *,
        size: int,
        start: str,
        jitter: int,
        L_CE: float,
        L_TV: float,
        L_binary: float,
        optimizer: MakeOptimizer,
        schedule: Schedule,
        seed: int,
        task: TargetDigits,
        networks: Mapping[str, ClassifierModule],
    ) -> None:
        super().__init__()
        if start not in STARTS:
            raise UserError(f"module.start={start} is unknown. {nearest(str(start), STARTS)}")
        self.weights = {"L_CE": L_CE, "L_TV": L_TV, "L_binary": L_binary}
        self.jitter = jitter
        self.optimizer = optimizer
        self.schedule = schedule
        self.seed = seed
        each = range(task.n_per_digit)
        noise = [start_image(d, i, size, start, seed) for d in task.digits for i in each]
        self.images = nn.Parameter(torch.cat(noise))
        labels = torch.tensor(task.digits).repeat_interleave(task.n_per_digit)
        self.register_buffer("wanted", labels)
        self.wanted: Tensor
        # In a list, so that the classifier's weights are neither trained nor saved with this run.
        self._classifier = [convene(networks, size, task.classes)] if networks else []

    @property
    def classifier(self) -> nn.Module:
        """The frozen classifier: images -> logits."""
        return self._classifier[0]

    def on_fit_start(self) -> None:
        """Moves the classifier to the training device."""
        self.classifier.to(self.device)

    def configure_optimizers(self) -> Any:
        """The optimizer of the pixels and its schedule."""
        optimizer = self.optimizer(params=[self.images])
        steps = int(self.trainer.estimated_stepping_batches)
        return [optimizer], [self.schedule(optimizer, total_steps=steps)]

    def follows_length(self) -> str:
        """The schedule, unless it is constant."""
        return follows_length(self.schedule)

    def training_step(self, batch: Any, batch_idx: int) -> None:
        """One step: the pixels are clamped, seen (moved by the jitter), and adjusted."""
        with torch.no_grad():
            self.images.clamp_(0, 1)
        # A function of the step alone: it is the same for every image, whatever its neighbours,
        # and a resumed run moves as the uninterrupted one.
        rng = torch.Generator().manual_seed(self.seed * 1_000_003 + self.batches)
        seen = shift(self.images, self.jitter, rng)
        terms = {
            "L_CE": L_CE(self.classifier(seen), self.wanted),
            "L_TV": L_TV(self.images),
            "L_binary": L_binary(self.images),
        }
        loss = torch.stack([self.weights[n] * term.sum() for n, term in terms.items()]).sum()
        self.descend(loss)
        self.count(len(self.images), {name: term.mean() for name, term in terms.items()})

    def pictures(self) -> Tensor:
        """Returns the images, ``N x 1 x H x W``, clamped to [0, 1], on the CPU."""
        return self.images.detach().clamp(0, 1).cpu()


@torch.no_grad()
def convene(networks: Mapping[str, ClassifierModule], size: int, classes: int) -> nn.Module:
    """Returns the classifier to invert, or several as one.

    Args:
        networks: modules of the classifiers, by name.
        size: side of their images in pixels.
        classes: digits that they must tell apart, and at most one thing more, noise.

    Raises:
        UserError: one has other classes, or they differ in theirs.
    """
    members = [module.network for module in networks.values()]
    seen = [member(torch.zeros(1, 1, size, size)).shape[-1] for member in members]
    for name, outputs in zip(networks, seen, strict=True):
        if outputs not in (classes, classes + 1):
            raise UserError(
                f"The classifier '{name}' has {outputs} classes. Allowed: {classes} digits, or "
                f"{classes + 1} with the noise label (network.classes)."
            )
    if len(set(seen)) > 1:
        raise UserError(
            f"The classifiers {', '.join(networks)} are inverted together, but have "
            f"{', '.join(map(str, seen))} classes: with the noise label or without, all alike."
        )
    return members[0] if len(members) == 1 else Committee(members)


def start_image(digit: int, index: int, size: int, start: str, seed: int) -> Tensor:
    """Draws the noise that image ``index`` of ``digit`` starts from, ``1 x 1 x size x size``."""
    # A generator takes 64 bits; a seed such as 20240101 makes more.
    number = ((seed * 1_000_003 + digit) * 1_000_003 + index) % 2**64
    rng = torch.Generator().manual_seed(number)
    if start == "coarse":
        return coarse_noise(1, size, rng)
    return torch.rand(1, 1, size, size, generator=rng)
