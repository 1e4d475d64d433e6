"""One pass of the backbone over the images; every score comes from what that pass gave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from project.errors import UserError
from project.metrics.frozen_network import FrozenNetwork
from project.metrics.inception_score import inception_scores


def collect(batches: Iterable[Tensor], network: FrozenNetwork) -> tuple[Tensor, Tensor]:
    """Sends every image through the network once.

    Args:
        batches: uint8 images, each ``n x 3 x H x W``, on the network's device.
        network: the backbone's network.

    Returns:
        features ``N x D`` and logits ``N x K``, float32, in the images' order, in main memory.

    Raises:
        UserError: there is no image, or a batch does not hold colour images of bytes.
    """
    pairs = [tuple(part.cpu() for part in network(batch)) for batch in batches if len(batch)]
    if not pairs:
        raise UserError("There is no image to score: 0 images were given, at least 1 is needed.")
    features, logits = zip(*pairs, strict=True)
    return torch.cat(features), torch.cat(logits)


def score_images(
    batches: Iterable[Tensor], network: FrozenNetwork, *, splits: Sequence[int], seed: int
) -> dict[str, float]:
    """Scores generated images with one pass of the backbone.

    Args:
        batches: uint8 images, each ``n x 3 x H x W``, on the network's device.
        network: the backbone's network.
        splits: numbers of parts of the Inception Score.
        seed: of the private shuffling.

    Returns:
        scores by their names.

    Raises:
        UserError: no image, fewer images than splits, or images that are not colour bytes.
    """
    # Distances to real images, which need the features, join here.
    _features, logits = collect(batches, network)
    return inception_scores(logits, splits=splits, seed=seed)
