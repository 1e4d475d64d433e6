from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.optim import Adam

from project.datamodules.batches import Batch
from project.losses import two_features as losses
from project.modules.adversary import PGD
from project.modules.feature_detector import FeatureDetectorModule
from project.modules.schedules import Constant
from project.networks.dcgan import DCGAN


def detector(
    attack: PGD | None, changes: Callable[[Tensor], Tensor] | None = None
) -> FeatureDetectorModule:
    torch.manual_seed(1)
    module = FeatureDetectorModule(
        network=DCGAN(size=32, channels=3, latent=6, base_channels=2),
        optimizer=partial(Adam, lr=2e-3),
        schedule=Constant(),
        attack=attack,
        changes=changes,
    )
    # In the second of two epochs, in which the adversary has its whole radius.
    trainer: Any = SimpleNamespace(current_epoch=1, max_epochs=2)
    module._trainer = trainer
    return module


def batch() -> Batch:
    images = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(3))
    return Batch(images * 2 - 1, torch.tensor([[1]] * 4 + [[0]] * 4))


HAS_IT = torch.tensor([1.0] * 4 + [0.0] * 4)


def loss_of(
    given: FeatureDetectorModule, monkeypatch: pytest.MonkeyPatch, images: Batch | None = None
) -> float:
    found: list[Tensor] = []
    monkeypatch.setattr(given, "descend", found.append)
    monkeypatch.setattr(given, "count", lambda images, losses: None)
    given.training_step(images or batch(), 0)
    return found[0].item()


def test_images_without_the_feature_stand_where_the_study_has_fakes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = detector(attack=None)
    # One pass for both: in two, batch norm would give each half its own mean and variance.
    having, lacking = given.answer(batch().images).split(4)
    expected = losses.L_D(having, lacking).item()
    assert loss_of(given, monkeypatch) == pytest.approx(expected, rel=1e-5)


def test_labels_and_not_places_say_which_images_have_the_feature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = torch.tensor([5, 0, 7, 2, 1, 4, 3, 6])
    given = detector(attack=None)
    mixed = Batch(batch().images[order], batch().labels[order])
    assert loss_of(given, monkeypatch, mixed) == pytest.approx(
        loss_of(given, monkeypatch), rel=1e-5
    )
    swapped = Batch(batch().images, 1 - batch().labels)
    assert loss_of(given, monkeypatch, swapped) != pytest.approx(
        loss_of(given, monkeypatch), rel=1e-3
    )


def test_changed_images_stand_for_the_given_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    given = detector(attack=None, changes=lambda images: 1 - images)
    having, lacking = given.answer(-batch().images).split(4)
    expected = losses.L_D(having, lacking).item()
    assert loss_of(given, monkeypatch) == pytest.approx(expected, rel=1e-5)


def test_answers_are_probabilities() -> None:
    answers = detector(attack=None).answer(batch().images)
    assert answers.shape == (8,)
    assert answers.dtype == torch.float32
    assert 0 < answers.min() < answers.max() < 1
    sure = detector(attack=None)
    sure.network = torch.nn.Identity()
    assert sure.answer(torch.tensor([-1e3, 0.0, 1e3])).tolist() == [0.0, 0.5, 1.0]


def test_worse_images_are_worse_and_within_the_range() -> None:
    attack = PGD(eps=4.0, steps=3)
    given = detector(attack)
    moved = given._worst(attack, batch().images, HAS_IT)
    given.eval()
    before, after = ((given.answer(some) - HAS_IT).square() for some in (batch().images, moved))
    assert (after > before).all()
    assert -1 <= moved.min() <= moved.max() <= 1
    assert (moved - batch().images).flatten(1).norm(dim=1).max() <= 4.001


def test_the_adversary_leaves_no_trace_in_the_network() -> None:
    attack = PGD(eps=4.0, steps=2)
    given, untouched = detector(attack), detector(attack=None)
    given._worst(attack, batch().images, HAS_IT)
    # Batch norm's running statistics included.
    for name, value in given.state_dict().items():
        assert torch.equal(value, untouched.state_dict()[name]), name
    assert given.network.training
    assert all(p.requires_grad and p.grad is None for p in given.network.parameters())


def test_batch_norm_sees_the_attacked_images_once_and_none_on_the_way_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attack = PGD(eps=4.0, steps=3)
    given, by_hand = detector(attack), detector(attack)
    torch.manual_seed(7)
    moved = by_hand._worst(attack, batch().images, HAS_IT)
    expected = losses.L_D(*by_hand.answer(moved).split(4)).item()
    torch.manual_seed(7)
    assert loss_of(given, monkeypatch) == pytest.approx(expected, rel=1e-5)
    for name, value in given.state_dict().items():
        assert torch.equal(value, by_hand.state_dict()[name]), name
        assert "num_batches" not in name or value.item() == 1
