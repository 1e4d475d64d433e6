"""How sharp images are: whether outlines blur as epochs pass (Study A, H7)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

# ITU-R BT.601
LUMINANCE = (0.299, 0.587, 0.114)
LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))


def sharpness(images: Tensor) -> Tensor:
    """Returns the standard deviation of the Laplacian of each image's luminance.

    The focus measure of Pech-Pacheco et al. (2000), with its root taken. Noise and contrast raise
    it as outlines do, so it is read against that of the real images.

    Args:
        images: uint8, ``N x 3 x H x W``.

    Returns:
        ``N``, float32, in luminance of [0, 1]; 0 for an image of one colour.
    """
    weights = torch.tensor(LUMINANCE, device=images.device).view(1, 3, 1, 1) / 255
    grey = (images.float() * weights).sum(1, keepdim=True)
    kernel = torch.tensor(LAPLACIAN, device=images.device).view(1, 1, 3, 3)
    return conv2d(pad(grey, (1, 1, 1, 1), "replicate"), kernel).flatten(1).std(1, correction=0)
