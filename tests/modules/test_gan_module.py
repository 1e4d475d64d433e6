from __future__ import annotations

import math

import pytest
import torch

from project.datamodules.batches import Batch
from project.modules.gan import GANModule
from project.networks.dcgan import DCGAN


@pytest.fixture
def gan() -> GANModule:
    network = DCGAN(size=32, channels=1, latent=6, base_channels=2)
    return GANModule(
        network=network, da=None, d_optimizer=None, g_optimizer=None, average_decay=0.9
    )


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.rand(4, 1, 32, 32) * 2 - 1, torch.zeros(4, 0, dtype=torch.long))


def test_noise_is_standard_normal_and_drawn_anew(gan: GANModule) -> None:
    many = Batch(torch.zeros(4000, 1, 1, 1), torch.zeros(4000, 0))
    z, again = gan.source(many), gan.source(many)
    assert z.shape == (4000, 6)
    assert not torch.equal(z, again)
    # Of 24000 numbers: five standard errors.
    assert z.mean().item() == pytest.approx(0.0, abs=5 / math.sqrt(24000))
    assert z.std().item() == pytest.approx(1.0, abs=5 / math.sqrt(48000))


def test_the_source_follows_the_seed_of_the_training(gan: GANModule, batch: Batch) -> None:
    drawn = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        drawn.append(gan.source(batch))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_sample_sources_depend_on_their_seed_alone(gan: GANModule) -> None:
    before = torch.get_rng_state()
    first = gan.sample_sources(3, seed=4)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(99)
    assert torch.equal(gan.sample_sources(3, seed=4), first)
    assert not torch.equal(gan.sample_sources(3, seed=5), first)
    assert first.shape == (3, 6)


def test_terms_are_those_of_the_study(gan: GANModule, batch: Batch) -> None:
    fake = gan.generator(gan.source(batch))
    d_terms, g_terms = gan.d_terms(batch, fake.detach()), gan.g_terms(batch, fake)
    real_logits, fake_logits = gan.discriminator(batch.images), gan.discriminator(fake)
    wanted = {
        "L_D_real": -torch.sigmoid(real_logits).log().mean(),
        "L_D_fake": -(1 - torch.sigmoid(fake_logits)).log().mean(),
        "L_G": -torch.sigmoid(fake_logits).log().mean(),
    }
    assert [*d_terms, *g_terms] == list(wanted)
    for name, (weight, value) in (d_terms | g_terms).items():
        assert weight == 1.0
        torch.testing.assert_close(value, wanted[name], rtol=1e-5, atol=1e-6)


def test_real_and_generated_images_are_normalised_apart(gan: GANModule, batch: Batch) -> None:
    """The real images' loss does not depend on the generated ones."""
    one = gan.d_terms(batch, torch.zeros_like(batch.images))
    other = gan.d_terms(batch, torch.ones_like(batch.images))
    assert torch.equal(one["L_D_real"].value, other["L_D_real"].value)
    assert not torch.equal(one["L_D_fake"].value, other["L_D_fake"].value)


def test_pixels_are_those_of_tanh(gan: GANModule) -> None:
    assert gan.pixel_range == (-1.0, 1.0)
    (images,) = gan.generate(gan.sample_sources(3, 0), "generator", 3)
    assert images.shape == (3, 1, 32, 32)
    # Untrained, tanh is near 0: mid-grey.
    assert 100 < images.float().mean() < 155


def test_the_average_begins_as_the_generator(gan: GANModule) -> None:
    for name, value in gan.generator.state_dict().items():
        assert torch.equal(gan.generator_average.state_dict()[name], value)
    sources = gan.sample_sources(2, 0)
    (one,), (other,) = gan.generate(sources, "generator", 2), gan.generate(sources, "average", 2)
    assert torch.equal(one, other)
