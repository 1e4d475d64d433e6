"""The inversion's own failures: images under inversion while the classifier learns."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from project.losses.inversion import L_CE, L_TV, L_binary
from project.modules.jitter import shift
from project.modules.noise import coarse_noise


class FailurePool(nn.Module):
    """Images that pull at the classifier as an inversion does, to be learned as noise.

    They stay in the pool from batch to batch and are driven on when drawn again, so that the
    classifier meets inversions of many steps though each batch pays for a few.

    Args:
        image_size: side of the images in pixels.
        digits: classes that are aimed at.
        size: images in the pool.
        share: images drawn per batch.
        steps: steps that each takes when drawn.
        lr: root mean square by which a step moves a pixel.
        fresh: share of those drawn that starts anew from noise, in [0, 1].
        jitter: as in the inversion.
        L_TV: weight, as in the inversion.
        L_binary: weight, as in the inversion.
    """

    def __init__(
        self,
        *,
        image_size: int,
        digits: int,
        size: int,
        share: int,
        steps: int,
        lr: float,
        fresh: float,
        jitter: int,
        L_TV: float,
        L_binary: float,
    ) -> None:
        super().__init__()
        self.share = share
        self.steps = steps
        self.lr = lr
        self.fresh = fresh
        self.jitter = jitter
        self.weights = {"L_TV": L_TV, "L_binary": L_binary}
        rng = torch.default_generator
        # Buffers, so that a resumed training finds the pool as it was.
        self.register_buffer("images", coarse_noise(size, image_size, rng))
        self.register_buffer("wanted", torch.randint(digits, (size,), generator=rng))
        self.images: Tensor
        self.wanted: Tensor

    def draw(self, network: nn.Module, rng: torch.Generator) -> Tensor:
        """Draws images, drives them on, and puts them back.

        Args:
            network: images -> logits; frozen.
            rng: a generator of the CPU.

        Returns:
            at most ``share x 1 x H x W`` in [0, 1], without graph.
        """
        size = len(self.images)
        drawn = torch.randint(size, (self.share,), generator=rng)
        chosen = torch.unique(drawn).to(self.images.device)
        images, wanted = self.images[chosen], self.wanted[chosen]
        anew = torch.rand(len(chosen), generator=rng) < self.fresh
        noise = coarse_noise(int(anew.sum()), images.shape[-1], rng)
        images[anew.to(images.device)] = noise.to(images.device)
        for _ in range(self.steps):
            images = self._step(network, images, wanted, rng)
        self.images[chosen] = images
        return images

    def _step(
        self, network: nn.Module, images: Tensor, wanted: Tensor, rng: torch.Generator
    ) -> Tensor:
        images.requires_grad_(True)
        loss = L_CE(network(shift(images, self.jitter, rng)), wanted).sum()
        loss = loss + self.weights["L_TV"] * L_TV(images).sum()
        loss = loss + self.weights["L_binary"] * L_binary(images).sum()
        (gradient,) = torch.autograd.grad(loss, images)
        with torch.no_grad():
            square = gradient.square().mean((1, 2, 3), keepdim=True)
            unit = gradient / square.sqrt().clamp(min=1e-9)
            return (images - self.lr * unit.clamp(-2, 2)).clamp(0, 1)
