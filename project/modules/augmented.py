"""Augmentation that is drawn anew: of the real images shown, or of all that D sees."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from project.da.policy import ADAPTIVE, Policy
from project.networks.gan_network import judge_real


class Augmentation(nn.Module):
    """Draws the DA kinds of a policy anew for each batch of images.

    What it draws comes from a generator of its own, whose state is in the checkpoint: with other
    kinds or none, a training sees the same noise.

    Args:
        da: the policy.
        black: the value that stands for black in the images,
        white: and for white.

    Attributes:
        p: probability of the kinds, a tensor, which no branch of the step depends on.
    """

    p: Tensor
    signs: Tensor
    watched: Tensor

    def __init__(self, *, da: Policy, black: float, white: float) -> None:
        super().__init__()
        self.da = da
        self.black, self.white = black, white
        self.adaptive = da.p == ADAPTIVE
        self.register_buffer("p", torch.tensor(0.0 if self.adaptive else float(da.p)))
        self.register_buffer("signs", torch.tensor(0.0))  # sum of r over batches since p changed
        self.register_buffer("watched", torch.tensor(0))  # batches
        self._rng: torch.Generator | None = None
        self._saved = torch.empty(0, dtype=torch.uint8)
        self._begun: tuple[int, int] = (0, 0)

    def rng(self, device: torch.device) -> torch.Generator:
        """Returns the generator, on a device."""
        if self._rng is None or self._rng.device.type != device.type:
            self._rng = torch.Generator(device).manual_seed(self._seed())
            # A state of another kind of device is one that a finished run was left with.
            if len(self._saved) == len(self._rng.get_state()):
                self._rng.set_state(self._saved)
        return self._rng

    def begin(self, epoch: int, process: int) -> None:
        """Has each further process (trainer=ddp) draw on its own, the same after a resume."""
        if process:
            self._begun, self._rng = (epoch, process), None
            self._saved = self._saved[:0]

    def _seed(self) -> int:
        drawn = np.random.SeedSequence([self.da.seed, *b"augmentation", *self._begun])
        return int(drawn.generate_state(1, np.uint64)[0] >> np.uint64(1))

    def forward(self, images: Tensor) -> Tensor:
        """Augments ``m x C x H x W`` images from black to white, with gradients to them.

        An image that no kind is applied to stays as it is, bit for bit.
        """
        scale = 255 / (self.white - self.black)
        with torch.autocast(images.device.type, enabled=False):
            given = images.float() if images.dtype in (torch.bfloat16, torch.float16) else images
            rng = self.rng(images.device)
            made, touched = self.da.augment((given - self.black) * scale, self.p, rng)
            made = torch.where(touched.view(-1, 1, 1, 1), made / scale + self.black, given)
        last = images.is_contiguous(memory_format=torch.channels_last)
        return made.contiguous(memory_format=torch.channels_last) if last else made

    @torch.no_grad()
    def watch(self, logits: Tensor) -> None:
        """Moves an adaptive p by ADA's rule.

        Args:
            logits: D's outputs on the real images of a batch.
        """
        if not self.adaptive:
            return
        rule = self.da.adaptive
        self.signs += logits.detach().float().sign().mean()
        self.watched += 1
        due = self.watched % rule.every == 0
        processes = torch.distributed.get_world_size() if torch.distributed.is_initialized() else 1
        step = rule.every * len(logits) * processes / (1000 * rule.kimg)
        moved = self.p + step * torch.sign(self.signs / rule.every - rule.target)
        self.p.copy_(torch.where(due, moved.clamp(0, 1), self.p))
        self.signs.copy_(torch.where(due, 0.0, self.signs))

    def get_extra_state(self) -> Tensor:
        """Returns the state of the generator, for the checkpoint."""
        return self._saved if self._rng is None else self._rng.get_state()

    def set_extra_state(self, state: Tensor) -> None:
        """Takes the state up again, as soon as something is drawn."""
        self._rng, self._saved = None, state.cpu()


class AugmentedDiscriminator(nn.Module):
    """A discriminator that sees all images augmented (DiffAugment, Zhao et al. 2020).

    Real and generated images, in D's step and in G's, with gradients to G. Not in eval mode.

    Args:
        network: the discriminator itself.
        augmentation: what it sees images through.
    """

    def __init__(self, *, network: nn.Module, augmentation: Augmentation) -> None:
        super().__init__()
        self.network = network
        self.augmentation = augmentation

    def forward(self, images: Tensor, *labels: Tensor) -> Tensor:
        """Returns logits, ``m``."""
        logits: Tensor = self.network(self._seen(images), *labels)
        return logits

    def judge_real(self, images: Tensor, *labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns logits on real images, and by name what the network itself adds to D's loss."""
        return judge_real(self.network, self._seen(images), *labels)

    def _seen(self, images: Tensor) -> Tensor:
        seen: Tensor = self.augmentation(images) if self.training else images
        return seen
