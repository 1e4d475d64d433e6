from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor
from torch.optim import Adam

from project.datamodules.batches import Batch
from project.losses import two_features as losses
from project.modules.adversary import PGD
from project.modules.feature_detector import FeatureDetectorModule
from project.modules.stages import Stages
from project.networks.dcgan import DCGAN

PLAN = {"all": {"until": 1, "real": "halves", "G": {"L_G": 1.0}, "D": {"L_D": 1.0}}}


def detector(
    attack: PGD | None, changes: Callable[[Tensor], Tensor] | None = None
) -> FeatureDetectorModule:
    torch.manual_seed(1)
    adam = partial(Adam, lr=2e-3)
    return FeatureDetectorModule(
        network=DCGAN(size=32, channels=3, latent=6, base_channels=2),
        highest=1.0,
        stages=Stages(epochs=1, smooth="none", plan=PLAN),
        d_optimizer=adam,
        g_optimizer=adam,
        average_decay=0.9,
        R1=0.0,
        R1_every=1,
        attack=attack,
        changes=changes,
    )


def batch() -> Batch:
    images = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(3))
    return Batch(images * 2 - 1, torch.zeros(8, 2, dtype=torch.long))


FAKE = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(4)) * 2 - 1


def test_the_second_half_of_a_batch_lacks_the_feature() -> None:
    given = detector(attack=None)
    terms = given.d_terms(batch(), FAKE)
    # One pass for both: in two, batch norm would give each half its own mean and variance.
    real, without = given.answer(batch().images).split(4)
    assert terms["L_D"].value.item() == pytest.approx(losses.L_D(real, without).item(), rel=1e-5)
    assert set(terms) == {"L_D"}


def test_changed_images_stand_for_the_given_ones() -> None:
    given = detector(attack=None, changes=lambda images: 1 - images)
    terms = given.d_terms(batch(), FAKE)
    real, without = given.answer(-batch().images).split(4)
    assert terms["L_D"].value.item() == pytest.approx(losses.L_D(real, without).item(), rel=1e-5)


def test_worse_images_are_worse_and_within_the_range() -> None:
    given = detector(PGD(eps=4.0, steps=3))
    wanted = torch.tensor([1.0] * 4 + [0.0] * 4)
    moved = given._worst(batch().images, 4, 4.0)
    given.eval()
    before, after = ((given.answer(some) - wanted).square() for some in (batch().images, moved))
    assert (after > before).all()
    assert -1 <= moved.min() <= moved.max() <= 1
    assert (moved - batch().images).flatten(1).norm(dim=1).max() <= 4.001


def test_the_adversary_leaves_no_trace_in_the_network() -> None:
    given, untouched = detector(PGD(eps=4.0, steps=2)), detector(attack=None)
    given._worst(batch().images, 4, 4.0)
    # Batch norm's running statistics included.
    for name, value in given.state_dict().items():
        assert torch.equal(value, untouched.state_dict()[name]), name
    assert given.discriminator.training
    assert all(p.requires_grad and p.grad is None for p in given.discriminator.parameters())


def test_its_generator_leaves_the_statistics_of_the_photographs_alone() -> None:
    given, untouched = detector(attack=None), detector(attack=None)
    terms = given.g_terms(batch(), FAKE)
    for name, value in given.discriminator.state_dict().items():
        assert torch.equal(value, untouched.discriminator.state_dict()[name]), name
    assert given.discriminator.training
    untouched.discriminator.eval()
    expected = losses.L_G(untouched.answer(FAKE)).item()
    assert terms["L_G"].value.item() == pytest.approx(expected, rel=1e-6)
