"""Study C's stable variant: each term by hand, and what switches it off."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import lightning
import pytest
import torch
from tiny_digits import fit
from tiny_reversed import ADAM, TESTING, Data, batch
from torch import Tensor
from torch.optim import Adam

from project.datamodules.batches import Batch
from project.losses.adversarial import CrossEntropy
from project.modules.reversed_digits_stable import StableReversedDigitsModule
from project.networks.reversed_digits_stable import StableReversedDigits

STABLE = {
    "halve_after": None,
    "shift_pixels": 0,
    "auxiliary_noise": 0.0,
    "R1_every": 8,
    "L_G": 1.0,
    "L_wrong": 0.0,
    "L_C": 0.0,
    "R1": 0.0,
    "L_1": 0.0,
}


def stable(pack: int = 2, **changed: Any) -> StableReversedDigitsModule:
    torch.manual_seed(0)
    network = StableReversedDigits(
        size=28, dropout=0.0, classes=10, pack=pack, pair=False, spectral=False
    )
    module = StableReversedDigitsModule(
        network=network,
        adversarial=CrossEntropy(),
        d_optimizer=partial(Adam, **ADAM),
        g_optimizer=partial(Adam, **ADAM),
        average_decay=0.5,
        testing=TESTING,
        **(STABLE | changed),
    )
    return module.double()


def test_with_all_switches_off_it_is_the_labelled_game_alone() -> None:
    module = stable()
    fake = module.generator(batch().images)
    assert list(module.d_terms(batch(), fake.detach())) == ["L_D"]
    assert list(module.g_terms(batch(), fake)) == ["L_G"]


def test_terms_by_hand() -> None:
    module = stable(L_wrong=1.0, L_C=4.0, R1=1.0, R1_every=1, L_1=2.0)
    x, labels = batch()
    rows = labels[:, 0].argsort(stable=True)
    own, real = labels[rows, 0], 1 - x[rows]
    fake = module.generator(x)
    d: Any = module.discriminator
    torch.manual_seed(7)
    found = module.d_terms(batch(), fake.detach()) | module.g_terms(batch(), fake)
    assert {name: term.weight for name, term in found.items()} == {
        "L_D": 1.0, "L_wrong": 1.0, "L_C_real": 1.0, "R1": 1.0,
        "L_G": 1.0, "L_C": 4.0, "L_1": 2.0,
    }  # fmt: skip
    on_real, on_fake = d(real, own, x), d(fake[rows], own, x)
    torch.manual_seed(7)
    wrong = (own + torch.randint(1, 10, (8,)).repeat_interleave(2)) % 10
    assert not (wrong == own).any()

    def cross_entropy(images: Tensor) -> Tensor:
        logits = d.auxiliary(2 * images - 1)
        return (logits.logsumexp(1) - logits[torch.arange(16), own]).mean()

    tracked = real.clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(d(tracked, own, x).sum(), tracked)
    wanted = {
        "L_D": -(torch.sigmoid(on_real).log() + (1 - torch.sigmoid(on_fake)).log()).mean() / 2,
        "L_wrong": -(1 - torch.sigmoid(d(real, wrong, x))).log().mean(),
        "L_C_real": cross_entropy(real),
        "R1": slope.square().sum() / 16 / 2,
        "L_G": -torch.sigmoid(on_fake).log().mean(),
        "L_C": cross_entropy(fake[rows]),
        "L_1": (fake - (1 - x)).abs().mean(),
    }
    for name, value in wanted.items():
        assert found[name].value.item() == pytest.approx(value.item(), abs=1e-6), name


def test_the_auxiliary_classifier_learns_from_real_images_alone() -> None:
    module = stable(L_C=4.0)
    fake = module.generator(batch().images).detach()
    before = module.d_terms(batch(), fake)["L_C_real"].value
    assert module.d_terms(batch(), torch.rand_like(fake))["L_C_real"].value == before


def test_the_headline_never_compares_with_1_minus_x() -> None:
    """G's loss on an image does not change when D's real images do."""
    module = stable(L_C=4.0, L_wrong=1.0, R1=1.0)
    x, labels = batch()
    fake = module.generator(x)
    other = Batch(torch.rand_like(x), labels)
    for name, term in module.g_terms(batch(), fake).items():
        assert module.g_terms(other, fake)[name].value == term.value


def test_learning_rates_are_halved_and_divided_by_three(tmp_path: Path) -> None:
    module = stable(halve_after=2)
    rates = []

    class Look(lightning.Callback):
        def on_train_batch_end(self, trainer: Any, *args: Any) -> None:
            rates.append([o.param_groups[0]["lr"] for o in trainer.optimizers])

    fit(module, Data([batch()] * 5), tmp_path, epochs=1, callbacks=[Look()])
    assert [d for d, _ in rates] == pytest.approx([2e-4 / (1 + t / 2) for t in range(5)])
    assert all(d == g for d, g in rates)


def test_a_penalty_every_third_batch_weighs_as_three(tmp_path: Path) -> None:
    module = stable(R1=1.0, R1_every=3)
    fake = module.generator(batch().images).detach()
    found = []
    for module.batches in range(6):
        found.append(module.d_terms(batch(), fake).get("R1"))
    assert [term and term.weight for term in found] == [None, None, 3.0, None, None, 3.0]


def test_a_batch_that_does_not_come_out_even_loses_its_rest() -> None:
    module = stable(pack=3)
    x, labels = batch(16)
    fake = module.generator(x)
    rows = labels[:, 0].argsort(stable=True)[15:]
    changed = fake.detach().clone()
    changed[rows] = 0.5
    assert torch.equal(
        module.g_terms(batch(), fake)["L_G"].value,
        module.g_terms(batch(), changed)["L_G"].value,
    )
