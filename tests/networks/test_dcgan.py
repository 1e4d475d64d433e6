from __future__ import annotations

import pytest
import torch
from torch import nn

from project.errors import UserError
from project.networks.dcgan import DCGAN, Discriminator, initialise
from project.networks.dcgan_resize import ResizeDCGAN


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_channels_last_in_memory() -> None:
    network = DCGAN(size=32, channels=3, latent=4, base_channels=8)
    weight = network.discriminator[2].weight
    assert isinstance(weight, torch.Tensor)
    assert weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [32, 64, 128, 256])
@pytest.mark.parametrize("network_class", [DCGAN, ResizeDCGAN])
def test_shapes(network_class: type[DCGAN], size: int, channels: int) -> None:
    network = network_class(size=size, channels=channels, latent=7, base_channels=2)
    images = network.generator(torch.randn(3, 7))
    assert images.shape == (3, channels, size, size)
    assert images.abs().max() <= 1
    assert network.discriminator(images).shape == (3,)
    # One image is a batch too: its logit keeps the axis.
    assert network.discriminator(images[:1]).shape == (1,)


def test_parameters_at_64_pixels_are_those_of_the_paper() -> None:
    network = DCGAN(size=64, channels=3, latent=100, base_channels=64)
    # 4 x 4 kernels without bias, and two numbers per batch-normalised channel.
    g = 16 * (100 * 512 + 512 * 256 + 256 * 128 + 128 * 64 + 64 * 3) + 2 * (512 + 256 + 128 + 64)
    d = 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512 + 512 * 1) + 2 * (128 + 256 + 512)
    assert (g, d) == (3_576_704, 2_765_568)
    assert count(network.generator) == g
    assert count(network.discriminator) == d


@pytest.mark.parametrize("size", [32, 64, 128, 256])
def test_both_networks_go_down_to_4_x_4(size: int) -> None:
    network = DCGAN(size=size, channels=3, latent=7, base_channels=2)
    deepest = 2 * size // 8
    first = network.generator[1]
    last = network.discriminator[-2]
    assert isinstance(first, nn.ConvTranspose2d)
    assert isinstance(last, nn.Conv2d)
    assert (first.in_channels, first.out_channels) == (7, deepest)
    assert (last.in_channels, last.out_channels) == (deepest, 1)
    body = nn.Sequential(*list(network.discriminator)[:-2])
    assert body(torch.zeros(2, 3, size, size)).shape == (2, deepest, 4, 4)


@pytest.mark.parametrize("size", [48, 16, 512, 0, -64])
def test_other_sizes_are_refused(size: int) -> None:
    with pytest.raises(UserError, match=f"size={size} is not a GAN's. Allowed: 32, 64, 128, 256"):
        DCGAN(size=size, channels=3, latent=8, base_channels=2)


def test_initial_weights() -> None:
    torch.manual_seed(0)
    network = DCGAN(size=64, channels=3, latent=100, base_channels=32)
    scales = []
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            assert layer.bias is None
            weights = layer.weight.detach()
            # A mean of n weights strays 0.02 / sqrt(n), their std 0.02 / sqrt(2 n); five of these.
            n = weights.numel()
            assert weights.mean().item() == pytest.approx(0.0, abs=0.1 / n**0.5)
            assert weights.std().item() == pytest.approx(0.02, abs=0.1 / (2 * n) ** 0.5)
        elif isinstance(layer, nn.BatchNorm2d):
            scales.append(layer.weight.detach())
            assert not layer.bias.any()
    scale = torch.cat(scales)
    assert scale.mean().item() == pytest.approx(1.0, abs=0.1 / len(scale) ** 0.5)
    assert scale.std().item() == pytest.approx(0.02, abs=0.1 / (2 * len(scale)) ** 0.5)


def test_the_seed_decides_the_weights() -> None:
    states = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        network = DCGAN(size=32, channels=1, latent=4, base_channels=2)
        states.append(torch.cat([p.flatten() for p in network.parameters()]))
    assert torch.equal(states[0], states[1])
    assert not torch.equal(states[0], states[2])


def test_gradients_reach_every_weight() -> None:
    network = DCGAN(size=32, channels=3, latent=4, base_channels=2)
    network.discriminator(network.generator(torch.randn(4, 4))).sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_a_d_that_shows_its_features_is_the_paper_s_layers_bit_for_bit() -> None:
    torch.manual_seed(0)
    discriminator = Discriminator(3, [2, 4])
    torch.manual_seed(0)
    layers = nn.Sequential(
        nn.Conv2d(3, 2, 4, 2, 1, bias=False),
        nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(2, 4, 4, 2, 1, bias=False),
        nn.BatchNorm2d(4),
        nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(4, 1, 4, 1, 0, bias=False),
        nn.Flatten(0),
    ).apply(initialise)
    state = discriminator.state_dict()
    assert list(state) == [
        "0.weight",
        "2.weight",
        "3.weight",
        "3.bias",
        "3.running_mean",
        "3.running_var",
        "3.num_batches_tracked",
        "5.weight",
    ]
    for name, value in layers.state_dict().items():
        assert torch.equal(state[name], value), name
    images = torch.rand(4, 3, 16, 16)
    assert torch.equal(discriminator(images), layers(images))
    assert torch.equal(discriminator.head(discriminator.features(images)), layers(images))
