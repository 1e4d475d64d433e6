"""Study C's step, against the formulas in double precision."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_digits import TinyDigits, fit
from torch import Tensor, nn
from torch.optim import Adam

from project.datamodules.batches import Batch
from project.losses.adversarial import CrossEntropy, LogarithmicError
from project.modules.reversed_digits import ReversedDigitsModule
from project.modules.reversed_digits_stable import StableReversedDigitsModule
from project.networks.reversed_digits import ReversedDigits
from project.networks.reversed_digits_stable import StableReversedDigits

ADAM = {"lr": 2e-4, "betas": (0.9, 0.999), "eps": 1e-7}
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


TESTING = TinyDigits(1).load()


def batch(m: int = 16) -> Batch:
    rng = torch.Generator().manual_seed(3)
    images = torch.rand(m, 1, 28, 28, generator=rng, dtype=torch.float64)
    return Batch(images, torch.randint(0, 10, (m, 1), generator=rng))


class Data:
    """One batch, as Lightning's data module would hand it over."""

    def __new__(cls, batches: list[Batch]) -> Any:
        import lightning

        class Module(lightning.LightningDataModule):
            def train_dataloader(self) -> Loader:
                return Loader(batches)

        return Module()


class Loader:
    def __init__(self, batches: list[Batch]) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Batch]:
        return iter(self.batches)


def faithful(**adam: Any) -> ReversedDigitsModule:
    torch.manual_seed(0)
    module = ReversedDigitsModule(
        network=ReversedDigits(size=28, dropout=0.0),
        adversarial=LogarithmicError(),
        d_optimizer=partial(Adam, **(ADAM | adam)),
        g_optimizer=partial(Adam, **(ADAM | adam)),
        average_decay=0.0,
        testing=TESTING,
    )
    return module.double()


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


def adam_step(network: nn.Module, loss: Tensor) -> list[Tensor]:
    """The first step of Adam by its formula: m / (sqrt v + eps), both without their bias."""
    weights = list(network.parameters())
    stepped = []
    for weight, g in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        m, v = (1 - 0.9) * g / (1 - 0.9), (1 - 0.999) * g.square() / (1 - 0.999)
        stepped.append(weight.detach() - 2e-4 * m / (v.sqrt() + 1e-7))
    return stepped


def test_a_full_step_is_that_of_the_formulas(tmp_path: Path) -> None:
    module = faithful()
    g, d = copy.deepcopy(module.generator), copy.deepcopy(module.discriminator)
    fit(module, Data([batch()]), tmp_path, epochs=1)

    x = batch().images
    on_real, on_fake = torch.sigmoid(d(1 - x)), torch.sigmoid(d(g(x).detach()))
    L_D = (-on_real.log().mean() - (1 - on_fake).log().mean()) / 2
    d_after = adam_step(d, L_D)
    for weight, value in zip(d.parameters(), d_after, strict=True):
        weight.data.copy_(value)
    y = torch.ones(len(x), dtype=torch.float64)
    L_G = ((1 + y).log() - (1 + torch.sigmoid(d(g(x)))).log()).square().mean()
    g_after = adam_step(g, L_G)

    assert module.losses["L_D"].item() == pytest.approx(L_D.item(), abs=1e-6)
    assert module.losses["L_G"].item() == pytest.approx(L_G.item(), abs=1e-6)
    for found, wanted in ((module.discriminator, d_after), (module.generator, g_after)):
        for weight, value in zip(found.parameters(), wanted, strict=True):
            torch.testing.assert_close(weight.detach(), value, rtol=0, atol=1e-6)


def test_losses_in_single_precision_agree_with_double(tmp_path: Path) -> None:
    single, double = faithful().float(), faithful()
    images = batch().images
    small = Batch(images.float(), batch().labels)
    for terms, wanted in (
        (single.d_terms(small, single.generator(small.images)), double.d_terms),
        (single.g_terms(small, single.generator(small.images)), double.g_terms),
    ):
        expected = wanted(Batch(images, small.labels), double.generator(images))
        for name, term in terms.items():
            assert term.value.item() == pytest.approx(expected[name].value.item(), abs=1e-6)


def test_g_receives_the_batchs_own_images() -> None:
    module = faithful()
    assert module.source(batch()) is not None
    assert torch.equal(module.source(batch()), batch().images)


def test_test_images_are_drawn_once_each_and_shown_beside_their_outputs() -> None:
    module = faithful().float()
    module.testing = TinyDigits(1).load()
    before = torch.get_rng_state()
    rows = module.sample_rows(10, seed=4)
    assert torch.equal(torch.get_rng_state(), before)
    assert len(set(rows.tolist())) == 10
    assert torch.equal(rows, module.sample_rows(10, seed=4))
    assert len(module.sample_rows(1000, seed=4)) == len(module.testing)
    sources = module.sample_sources(10, seed=4)
    outputs = torch.cat(list(module.generate(sources, "generator", 4)))
    shown = module.shown(sources, outputs)
    assert shown.shape == (10, 1, 28, 56)
    assert torch.equal(shown[..., :28], torch.from_numpy(module.testing.images[rows.numpy()]))
    assert torch.equal(shown[..., 28:], outputs)


class TestStable:
    def test_with_all_switches_off_it_is_the_labelled_game_alone(self) -> None:
        module = stable()
        fake = module.generator(batch().images)
        assert list(module.d_terms(batch(), fake.detach())) == ["L_D"]
        assert list(module.g_terms(batch(), fake)) == ["L_G"]

    def test_terms_by_hand(self) -> None:
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

    def test_the_auxiliary_classifier_learns_from_real_images_alone(self) -> None:
        module = stable(L_C=4.0)
        fake = module.generator(batch().images).detach()
        before = module.d_terms(batch(), fake)["L_C_real"].value
        assert module.d_terms(batch(), torch.rand_like(fake))["L_C_real"].value == before

    def test_the_headline_never_compares_with_1_minus_x(self) -> None:
        """G's loss on an image does not change when D's real images do."""
        module = stable(L_C=4.0, L_wrong=1.0, R1=1.0)
        x, labels = batch()
        fake = module.generator(x)
        other = Batch(torch.rand_like(x), labels)
        for name, term in module.g_terms(batch(), fake).items():
            assert module.g_terms(other, fake)[name].value == term.value

    def test_learning_rates_are_halved_and_divided_by_three(self, tmp_path: Path) -> None:
        module = stable(halve_after=2)
        rates = []

        import lightning

        class Look(lightning.Callback):
            def on_train_batch_end(self, trainer: Any, *args: Any) -> None:
                rates.append([o.param_groups[0]["lr"] for o in trainer.optimizers])

        fit(module, Data([batch()] * 5), tmp_path, epochs=1, callbacks=[Look()])
        assert [d for d, _ in rates] == pytest.approx([2e-4 / (1 + t / 2) for t in range(5)])
        assert all(d == g for d, g in rates)

    def test_a_penalty_every_third_batch_weighs_as_three(self, tmp_path: Path) -> None:
        module = stable(R1=1.0, R1_every=3)
        fake = module.generator(batch().images).detach()
        found = []
        for module.batches in range(6):
            found.append(module.d_terms(batch(), fake).get("R1"))
        assert [term and term.weight for term in found] == [None, None, 3.0, None, None, 3.0]

    def test_a_batch_that_does_not_come_out_even_loses_its_rest(self) -> None:
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
