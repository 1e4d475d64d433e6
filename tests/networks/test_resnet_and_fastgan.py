from __future__ import annotations

import copy
import io
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from project.errors import UserError
from project.losses.penalties import gradient_norm
from project.networks import fastgan
from project.networks.conditional import ProjectionDiscriminator, told
from project.networks.dcgan import DCGAN
from project.networks.fastgan import FastGAN, Gate
from project.networks.gan_network import HasFeatures, judge_real
from project.networks.resnet import ResNet

KINDS = [ResNet, FastGAN]


def make(kind: Any, size: int = 32, channels: int = 3) -> Any:
    torch.manual_seed(0)
    return kind(size=size, channels=channels, latent=7, base_channels=4, widest=16)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [32, 64, 128, 256])
def test_sizes(kind: Any, size: int) -> None:
    network = make(kind, size)
    images = network.generator(torch.randn(2, 7))
    assert images.shape == (2, 3, size, size)
    assert images.abs().max() <= 1
    assert network.discriminator(images).shape == (2,)
    widths = [layer.shape[0] for layer in network.state_dict().values() if layer.ndim == 4]
    # A gated linear unit halves what its convolution makes.
    assert max(widths) <= 16 * (2 if kind is FastGAN else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_other_sizes_are_refused(kind: Any) -> None:
    with pytest.raises(UserError, match="size=48"):
        make(kind, 48)


@pytest.mark.parametrize("kind", [*KINDS, DCGAN])
def test_d_is_its_head_on_its_features(kind: Any) -> None:
    if kind is DCGAN:
        network: Any = DCGAN(size=32, channels=3, latent=7, base_channels=4)
    else:
        network = make(kind)
    discriminator = network.discriminator.eval()
    assert isinstance(discriminator, HasFeatures)
    images = torch.rand(3, 3, 32, 32)
    features = discriminator.features(images)
    assert features.shape[1] == discriminator.feature_channels
    assert torch.equal(discriminator.head(features), discriminator(images))


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_learns(kind: Any) -> None:
    network = make(kind)
    for layer in network.modules():
        # As after a step: what begins with zeros would hide the layers before it.
        if isinstance(layer, nn.Conv2d):
            nn.init.normal_(layer.weight, 0, 0.1)
    images = network.generator(torch.randn(4, 7))
    logits, own = judge_real(network.discriminator, images)
    (logits.square().sum() + sum(own.values())).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_the_residual_d_judges_each_image_by_itself() -> None:
    discriminator = make(ResNet).discriminator
    images = torch.rand(4, 3, 32, 32)
    alone = torch.cat([discriminator(image[None]) for image in images])
    torch.testing.assert_close(discriminator(images), alone)


def test_a_residual_d_begins_as_its_ways_around() -> None:
    """Before the first step it is linear: D(x + y) - D(0) is D(x) - D(0) and D(y) - D(0)."""
    discriminator = make(ResNet).discriminator
    discriminator.body[-1] = nn.Identity()
    x, y, zero = torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32), torch.zeros(1, 3, 32, 32)
    start = discriminator(zero)
    apart = (discriminator(x) - start) + (discriminator(y) - start)
    torch.testing.assert_close(discriminator(x + y) - start, apart)


def test_excitation_weighs_channels_by_hand() -> None:
    excitation = fastgan.Excitation(1, 2, 8)
    for layer in (excitation[1], excitation[3]):
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    with torch.no_grad():
        # The last layer says ln 3 of the first channel, and of the second nothing.
        excitation[3].bias[0] = torch.log(torch.tensor(3.0))
    weights = excitation(torch.rand(1, 1, 8, 8))
    assert weights.shape == (1, 2, 1, 1)
    assert weights.flatten().tolist() == pytest.approx([0.75, 0.5])


@pytest.mark.parametrize(("size", "excited"), [(32, 1), (64, 2), (128, 3), (256, 4)])
def test_sizes_from_32_on_are_excited(size: int, excited: int) -> None:
    generator = make(FastGAN, size).generator
    assert len(generator.excitations) == excited
    z = torch.randn(2, 7)
    before = generator(z)
    with torch.no_grad():
        for excitation in generator.excitations:
            excitation[3].bias.fill_(-100.0)
    # Weights of 0 leave the last layer's bias alone.
    bias = torch.tanh(generator.last[0].bias).view(1, 3, 1, 1)
    torch.testing.assert_close(generator(z), bias.expand(2, 3, size, size))
    assert not torch.allclose(before, generator(z))


def test_reconstruction_by_hand() -> None:
    discriminator = make(FastGAN, 64).discriminator

    class Grey(nn.Module):
        def forward(self, features: Tensor) -> Tensor:
            return torch.full((len(features), 3, 32, 32), 0.5)

    discriminator.decoder = Grey()
    # Pixels that become one: their mean is 0.5 in the first image, and 0 in the second.
    images = torch.zeros(2, 3, 64, 64)
    images[0, :, ::2, ::2] = 2.0
    logits, own = judge_real(discriminator.eval(), images)
    assert {name: value.item() for name, value in own.items()} == {"L_reconstruction": 0.25}
    assert torch.equal(logits, discriminator(images))


def test_an_exact_decoder_leaves_nothing_to_reconstruct() -> None:
    discriminator = make(FastGAN, 64).discriminator
    images = torch.rand(2, 3, 64, 64)

    class Exact(nn.Module):
        def forward(self, features: Tensor) -> Tensor:
            # Means of the four pixels that become one.
            return images.unflatten(3, (32, 2)).unflatten(2, (32, 2)).mean((3, 5))

    discriminator.decoder = Exact()
    _, own = judge_real(discriminator, images)
    assert own["L_reconstruction"].item() == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_alone_are_enough(kind: Any) -> None:
    network, other = make(kind), kind(size=32, channels=3, latent=7, base_channels=4, widest=16)
    file = io.BytesIO()
    torch.save(network.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    z = torch.randn(3, 7)
    assert torch.equal(network.eval().generator(z), other.eval().generator(z))


@pytest.mark.parametrize("kind", KINDS)
def test_generators_are_exported_for_any_number_of_images(kind: Any) -> None:
    generator = make(kind).generator.eval()
    # What the ONNX exporter reads.
    program = torch.export.export(
        generator, (torch.randn(2, 7),), dynamic_shapes=({0: torch.export.Dim("count")},)
    )
    z = torch.randn(5, 7)
    torch.testing.assert_close(program.module()(z), generator(z))


@pytest.mark.parametrize("kind", KINDS)
def test_penalties_on_gradients_reach_d(kind: Any) -> None:
    discriminator = make(kind).discriminator
    gradient_norm(discriminator, torch.rand(4, 3, 32, 32)).backward()
    found = [p.grad for p in discriminator.body.parameters() if p.grad is not None]
    assert all(gradient.isfinite().all() for gradient in found)
    assert any(gradient.abs().sum() > 0 for gradient in found)


@pytest.mark.parametrize("kind", KINDS)
def test_runs_in_bf16_and_is_copied_for_the_average(kind: Any) -> None:
    network = make(kind)
    average = copy.deepcopy(network.generator).eval()
    with torch.autocast("cpu", torch.bfloat16):
        images = average(torch.randn(3, 7))
        logits = network.discriminator(images)
    assert images.isfinite().all()
    assert logits.isfinite().all()


def test_what_d_adds_reaches_it_where_it_is_told_classes() -> None:
    conditional = told(make(FastGAN), 2)
    images, labels = torch.rand(4, 3, 32, 32), torch.tensor([0, 1, 0, 1])
    conditional.discriminator.eval()
    logits, own = judge_real(conditional.discriminator, images, labels)
    assert list(own) == ["L_reconstruction"]
    assert torch.equal(logits, conditional.discriminator(images, labels))
    plain = ProjectionDiscriminator(network=make(ResNet).discriminator, classes=2)
    assert judge_real(plain, images, labels)[1] == {}


def test_a_gate_is_a_gated_linear_unit() -> None:
    maps = torch.randn(2, 6, 4, 4, dtype=torch.float64, requires_grad=True)
    ours, theirs = Gate()(maps), torch.nn.functional.glu(maps, dim=1)
    assert torch.allclose(ours, theirs)
    weights = torch.randn_like(ours)
    grads = [torch.autograd.grad(out, maps, weights)[0] for out in (ours, theirs)]
    assert torch.allclose(*grads)
    # By hand: 3 * sigmoid(0) = 1.5.
    assert Gate()(torch.tensor([3.0, 0.0]).view(1, 2, 1, 1)).item() == 1.5
