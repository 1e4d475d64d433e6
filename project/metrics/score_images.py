"""One pass of the backbone over the images; every score comes from what that pass gave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from project.backbones.frozen_network import FrozenNetwork
from project.errors import UserError
from project.metrics.sharpness import sharpness


class Passed(NamedTuple):
    """What the backbone says of N images, float32, in main memory.

    Attributes:
        features: ``N x D``.
        logits: ``N x K``.
        thumbnails: ``N x 192``: the images shrunk to 8 x 8 pixels, values in [0, 1]. A classifier
            may have learned not to see what a DA kind does to an image; these show it.
        sharpness: ``N x 1``: see ``project/metrics/sharpness.py``.
    """

    features: Tensor
    logits: Tensor
    thumbnails: Tensor
    sharpness: Tensor


def collect(batches: Iterable[Tensor], network: FrozenNetwork) -> Passed:
    """Sends every image through the network once.

    Args:
        batches: uint8 images, each ``n x 3 x H x W``.
        network: the backbone's network.

    Returns:
        what the backbone says, in the images' order.

    Raises:
        UserError: there is no image, or a batch does not hold colour images of bytes.
    """
    features: list[Tensor] = []
    logits: list[Tensor] = []
    device = next((p.device for p in network.parameters()), torch.device("cpu"))
    thumbnails: list[Tensor] = []
    sharp: list[Tensor] = []
    for batch in batches:
        if len(batch):
            found = network(batch.to(device))
            features.append(found[0].cpu())
            logits.append(found[1].cpu())
            thumbnails.append(adaptive_avg_pool2d(batch.float().div(255), 8).flatten(1).cpu())
            sharp.append(sharpness(batch)[:, None].cpu())
    if not features:
        raise UserError("There is no image to score: 0 images were given, at least 1 is needed.")
    # One list after the other: together they would need twice the memory.
    joined = torch.cat(features)
    features.clear()
    return Passed(joined, torch.cat(logits), torch.cat(thumbnails), torch.cat(sharp))
