"""Study C's step, against the formulas in double precision."""

from __future__ import annotations

import copy
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_digits import TinyDigits, fit
from tiny_reversed import ADAM, TESTING, Data, batch
from torch import Tensor, nn
from torch.optim import Adam

from project.datamodules.batches import Batch
from project.losses.adversarial import LogarithmicError
from project.modules.reversed_digits import ReversedDigitsModule
from project.networks.reversed_digits import ReversedDigits


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
