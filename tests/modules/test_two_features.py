from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import lightning
import pytest
import torch
from bare_trainer import bare_trainer
from torch.optim import Adam

from project.datamodules.batches import Batch
from project.losses import two_features as losses
from project.modules.stages import Stages
from project.modules.two_features import TwoFeaturesModule
from project.networks.dcgan import DCGAN

G2, D3 = {"L_GM1b": 0.25, "L_GM2": 0.75}, {"L_DM1": 0.25, "L_DM2": 0.25, "L_DM3": 0.5}


def module(
    seed: int, highest: float, stages: Stages, *frozen: TwoFeaturesModule
) -> TwoFeaturesModule:
    torch.manual_seed(seed)
    adam = partial(Adam, lr=2e-3)
    return TwoFeaturesModule(
        network=DCGAN(size=32, channels=3, latent=6, base_channels=2),
        highest=highest,
        stages=stages,
        d_optimizer=adam,
        g_optimizer=adam,
        average_decay=0.9,
        R1=0.0,
        R1_every=1,
        networks={f"D_{number}": one for number, one in enumerate(frozen, 1)},
    )


def stages(*plan: tuple[dict[str, float], dict[str, float]]) -> Stages:
    named = {
        str(i): {"until": i + 1, "real": "halves", "G": g, "D": d} for i, (g, d) in enumerate(plan)
    }
    return Stages(epochs=len(plan), smooth="none", plan=named)


SINGLE = stages(({"L_G": 1.0}, {"L_D": 1.0}))
FAKE = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(4)) * 2 - 1


class Images(lightning.LightningDataModule):
    def train_dataloader(self) -> Any:
        return Batches()


class Batches:
    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[Batch]:
        return iter([batch(), batch()])


def batch() -> Batch:
    images = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(3))
    return Batch(images * 2 - 1, torch.zeros(8, 2, dtype=torch.long))


@pytest.fixture
def trained() -> tuple[TwoFeaturesModule, list[dict[str, torch.Tensor]]]:
    """Solution 2 after a warm-up and a stage with all its terms, and D_1, D_2 as they were."""
    pair = (module(2, 1.0, SINGLE), module(3, 1.0, SINGLE))
    for single in pair:
        # Running statistics that one more forward pass in training mode would move.
        single.discriminator(torch.randn(8, 3, 32, 32))
        single.requires_grad_(False).eval()
    joint = module(1, 2.0, stages(({"L_G": 1.0}, {"L_D": 1.0}), (G2, D3)), *pair)
    before = [
        {name: value.clone() for name, value in single.state_dict().items()} for single in pair
    ]
    bare_trainer(2).fit(joint, Images())
    return joint, before


def test_D_1_and_D_2_do_not_move(  # noqa: N802
    trained: tuple[TwoFeaturesModule, list[dict[str, torch.Tensor]]],
) -> None:
    joint, before = trained
    for single, old in zip(joint._frozen, before, strict=True):
        assert any("running_mean" in name for name in old)
        for name, value in single.state_dict().items():
            assert torch.equal(value, old[name]), name
        assert not any(parameter.requires_grad for parameter in single.parameters())
        assert not any(layer.training for layer in single.modules())


def test_they_are_in_no_checkpoint_and_no_optimizer(
    trained: tuple[TwoFeaturesModule, list[dict[str, torch.Tensor]]],
) -> None:
    joint, _ = trained
    assert {name.split(".")[0] for name in joint.state_dict()} == {
        "generator",
        "discriminator",
        "generator_average",
    }
    theirs = {id(p) for single in joint._frozen for p in single.parameters()}
    for optimizer in joint.configure_optimizers():
        assert not theirs & {id(p) for group in optimizer.param_groups for p in group["params"]}


@pytest.mark.parametrize("highest", [1.0, 2.0])
def test_answers_lie_between_nought_and_the_highest(highest: float) -> None:
    gan = module(1, highest, SINGLE)
    gan.discriminator = torch.nn.Identity()
    answers = gan.answer(torch.tensor([-1e3, 0.0, 1e3]))
    assert answers.tolist() == [0.0, highest / 2, highest]


def test_the_terms_are_the_equations_with_the_weights_of_the_epoch() -> None:
    pair = (module(2, 1.0, SINGLE).eval(), module(3, 1.0, SINGLE).eval())
    joint = module(1, 2.0, stages((G2, D3)), *pair)
    real, fake = batch(), torch.randn(8, 3, 32, 32)
    d_terms, g_terms = joint.d_terms(real, fake), joint.g_terms(real, fake)
    assert {name: term.weight for name, term in d_terms.items()} == D3
    assert {name: term.weight for name, term in g_terms.items()} == G2 | {"L_GM2_flat": 0.0}
    on_real, on_fake = joint.answer(real.images), joint.answer(fake)
    one, two = (single.answer(fake) for single in pair)
    torch.testing.assert_close(d_terms["L_DM1"].value, losses.L_DM1(on_real))
    torch.testing.assert_close(d_terms["L_DM2"].value, losses.L_DM2(on_fake))
    torch.testing.assert_close(d_terms["L_DM3"].value, losses.L_DM3(on_fake, one, two))
    torch.testing.assert_close(g_terms["L_GM1b"].value, losses.L_GM1b(on_fake))
    torch.testing.assert_close(g_terms["L_GM2"].value, losses.L_GM2(one, two))


def test_the_gradient_of_L_GM2_reaches_the_images_through_D_1_and_D_2() -> None:  # noqa: N802
    pair = (module(2, 1.0, SINGLE).eval(), module(3, 1.0, SINGLE).eval())
    joint = module(1, 2.0, stages(({"L_GM2": 1.0}, {"L_DM2": 1.0})), *pair)
    with torch.no_grad():
        for single in pair:
            single.discriminator[-2].weight.mul_(30)  # type: ignore[index, union-attr, operator]
    fake = torch.randn(64, 3, 32, 32, requires_grad=True)
    one, two = (single.answer(fake) for single in pair)
    (gradient,) = torch.autograd.grad(joint.g_terms(batch(), fake)["L_GM2"].value, fake)
    reached = gradient.flatten(1).abs().amax(1) > 0
    assert torch.equal(reached, one + two > 1)
    assert reached.any()
    assert not reached.all()


def test_the_gradient_penalty_comes_with_every_second_batch_twice_as_heavy() -> None:
    given = module(1, 1.0, SINGLE)
    assert set(given.d_terms(batch(), FAKE)) == {"L_D"}
    given.R1, given.R1_every = 3.0, 2
    assert set(given.d_terms(batch(), FAKE)) == {"L_D"}
    given.batches = 1
    terms = given.d_terms(batch(), FAKE)
    assert set(terms) == {"L_D", "R1"}
    assert terms["R1"].weight == 6.0
    # Of the logits, whatever the range of D.
    real = batch().images.requires_grad_(True)
    (gradient,) = torch.autograd.grad(given.discriminator(real).sum(), real)
    wanted = 0.5 * gradient.square().sum() / len(real)
    assert terms["R1"].value.item() == pytest.approx(wanted.item(), rel=1e-4)
    terms["R1"].value.backward()
    assert all(p.grad is not None for p in given.discriminator.parameters())
