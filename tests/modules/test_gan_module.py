from __future__ import annotations

import math
from functools import partial
from typing import Any, cast

import pytest
import torch
from bare_trainer import bare_trainer
from torch import Tensor
from torch.optim import Adam
from torch.utils.data import DataLoader

from project.data.class_labels import Classes
from project.datamodules.batches import Batch
from project.losses.adversarial import CrossEntropy, Relativistic
from project.modules.gan import GANModule
from project.networks.dcgan import DCGAN
from project.penalties.r1 import R1
from project.penalties.r2 import R2

TOLD = Classes({"cat": 3, "dog": 1}, {})


def make(**values: Any) -> GANModule:
    network = DCGAN(size=32, channels=1, latent=6, base_channels=2)
    none: dict[str, Any] = dict.fromkeys(("classes", "da", "d_optimizer", "g_optimizer"))
    given = {**none, "loss": CrossEntropy(), "penalties": {}, **values}
    return GANModule(network=network, average_decay=0.9, **given)


@pytest.fixture
def gan() -> GANModule:
    return make()


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


def test_penalties_are_addends_of_d_in_their_batches_alone(batch: Batch) -> None:
    gan = make(penalties={"R1": R1(weight=0.5, every=2), "R2": R2(weight=3.0, every=1)})
    fake = torch.rand(4, 1, 32, 32)
    # Batches are counted from 1: of the first two, only the second has R1.
    assert list(gan.d_terms(batch, fake)) == ["L_D_real", "L_D_fake", "R2"]
    first = gan.phase()
    gan.batches = 1
    terms = gan.d_terms(batch, fake)
    assert list(terms) == ["L_D_real", "L_D_fake", "R1", "R2"]
    assert terms["R1"].weight == 0.5 * 2
    assert terms["R2"].weight == 3.0
    assert gan.phase() != first
    gan.batches = 2
    assert gan.phase() == first


def test_in_mixed_precision_every_weight_of_both_is_trained(batch: Batch) -> None:
    adam = partial(Adam, lr=1e-2)
    gan = make(d_optimizer=adam, g_optimizer=adam)
    before = {name: value.detach().clone() for name, value in gan.named_parameters()}
    loader = DataLoader(cast(Any, [batch]), batch_size=None)
    bare_trainer(1, precision="bf16-mixed").fit(gan, loader)
    still = {name for name, value in gan.named_parameters() if torch.equal(value, before[name])}
    assert not still


def test_a_loss_that_compares_is_given_the_real_images(batch: Batch) -> None:
    gan = make(loss=Relativistic())
    fake = gan.generator(gan.source(batch))
    real_logits, fake_logits = gan.discriminator(batch.images), gan.discriminator(fake)
    wanted = -torch.sigmoid(fake_logits - real_logits).log().mean()
    terms = gan.g_terms(batch, fake)
    assert list(terms) == ["L_G"]
    torch.testing.assert_close(terms["L_G"].value, wanted, rtol=1e-5, atol=1e-6)


def classes_of(sources: Tensor) -> list[int]:
    return sources[:, 6:].argmax(1).tolist()


def test_generated_images_are_of_the_classes_of_the_batch() -> None:
    gan = make(classes=TOLD)
    batch = Batch(torch.rand(3, 1, 32, 32), torch.tensor([[1], [0], [1]]))
    sources = gan.source(batch)
    assert sources.shape == (3, 6 + 2)
    assert classes_of(sources) == [1, 0, 1]
    # z is the one that a GAN without classes draws.
    torch.manual_seed(5)
    told = gan.source(batch)
    torch.manual_seed(5)
    assert torch.equal(told[:, :6], torch.randn(3, 6))


def test_classes_are_sampled_as_often_as_they_are_trained_on() -> None:
    gan = make(classes=TOLD)
    assert classes_of(gan.sample_sources(8, 0)) == [0, 0, 0, 0, 0, 0, 1, 1]
    assert classes_of(gan.sample_sources(4, 0)) == [0, 0, 0, 1]
    assert torch.equal(gan.sample_sources(4, 0)[:, :6], make().sample_sources(4, 0))


def test_d_is_told_the_classes_of_real_and_generated_images() -> None:
    gan = make(classes=TOLD)
    images, labels = torch.rand(4, 1, 32, 32), torch.tensor([[0], [1], [1], [0]])
    one = gan.d_terms(Batch(images, labels), images)
    other = gan.d_terms(Batch(images, 1 - labels), images)
    for name in ("L_D_real", "L_D_fake"):
        assert not torch.equal(one[name].value, other[name].value)
    with torch.no_grad():
        gan.discriminator.embedding.zero_()  # type: ignore[operator, union-attr]
    one = gan.d_terms(Batch(images, labels), images)
    other = gan.d_terms(Batch(images, 1 - labels), images)
    for name in ("L_D_real", "L_D_fake"):
        assert torch.equal(one[name].value, other[name].value)


def test_without_penalties_nothing_of_the_time_is_told() -> None:
    # So that terms of a study built upon it that follow the batch are noticed.
    assert make().phase() is None
