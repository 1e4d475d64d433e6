from __future__ import annotations

import pytest
import torch

from project.networks.dcgan import DCGAN
from project.networks.dcgan_resize import ResizeDCGAN


@pytest.mark.parametrize(("network_class", "tiled"), [(DCGAN, True), (ResizeDCGAN, False)])
def test_of_one_grey_it_makes_no_tile(network_class: type[DCGAN], tiled: bool) -> None:
    torch.manual_seed(0)
    network = network_class(size=64, channels=3, latent=7, base_channels=2).eval()
    after_the_first = torch.nn.Sequential(*list(network.generator.children())[2:])
    with torch.no_grad():
        image = after_the_first(torch.ones(1, 2 * 64 // 8, 4, 4))
    # The edges reach 15 pixels inwards: one at 8 pixels a side, 3 at 16, 7 at 32.
    inner = image[:, :, 15:-15, 15:-15]
    assert (inner.flatten(2).std(2).max() > 1e-3 * inner.abs().max()) == tiled
