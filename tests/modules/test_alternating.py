from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import torch
from bare_trainer import bare_trainer
from tiny_gan import DECAY, LATENT, WEIGHTS, TinyGAN, tiny
from torch import Tensor, nn
from torch.optim import SGD, Adam

from project.datamodules.batches import Batch

BATCHES = [6, 6, 4]


def batches() -> list[Batch]:
    random = torch.Generator().manual_seed(5)
    sizes = [(m, 1, 2, 2) for m in BATCHES]
    images = [torch.randn(size, generator=random, dtype=torch.float64) for size in sizes]
    return [Batch(some, torch.zeros(len(some), 0, dtype=torch.long)) for some in images]


class Loader:
    """Hands the batches out and draws nothing at random, as a DataLoader would."""

    def __len__(self) -> int:
        return len(BATCHES)

    def __iter__(self) -> Iterator[Batch]:
        return iter(batches())


def by_hand(gan: TinyGAN, d_optimizer: Any, g_optimizer: Any) -> dict[str, Any]:
    """The study's step, written out with plain torch."""
    g, d, average = (
        copy.deepcopy(net) for net in (gan.generator, gan.discriminator, gan.generator_average)
    )
    g_steps, d_steps = g_optimizer(params=g.parameters()), d_optimizer(params=d.parameters())
    d_after = []
    losses: dict[str, Tensor] = {}
    for t, (images, _) in enumerate(batches()):
        z = torch.randn(len(images), LATENT, dtype=torch.float64)
        fake = g(z).detach()
        real_loss = (d(images) - 1).square().mean()
        fake_loss = d(fake).square().mean()
        weights = list(d.parameters())
        loss = WEIGHTS["real"] * real_loss + WEIGHTS["fake"] * fake_loss
        for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            weight.grad = gradient
        d_steps.step()
        d_after.append([weight.detach().clone() for weight in weights])

        z = torch.randn(len(images), LATENT, dtype=torch.float64)
        fake = g(z)
        g_loss = (d(fake) - 1).square().mean()
        penalty = fake.square().mean()
        weights = list(g.parameters())
        loss = WEIGHTS["g"] * g_loss + WEIGHTS["penalty"] * penalty
        for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            weight.grad = gradient
        g_steps.step()

        keep = min(DECAY, (1 + t) / (10 + t))
        new = g.state_dict()
        for name, slow in average.state_dict().items():
            moved = keep * slow + (1 - keep) * new[name] if slow.is_floating_point() else new[name]
            slow.copy_(moved)
        losses = {"L_real": real_loss, "L_fake": fake_loss, "L_G": g_loss, "penalty": penalty}
    return {"g": g, "d": d, "average": average, "d_after": d_after, "losses": losses}


def train(gan: TinyGAN, epochs: int = 1) -> None:
    bare_trainer(epochs).fit(gan, Loader())


@pytest.fixture(
    params=[
        (partial(SGD, lr=0.3, momentum=0.5), partial(SGD, lr=0.1)),
        (partial(Adam, lr=0.02, betas=(0.5, 0.999)), partial(Adam, lr=0.05)),
    ],
    ids=["sgd", "adam"],
)
def pair(request: pytest.FixtureRequest) -> tuple[TinyGAN, dict[str, Any]]:
    """A trained GAN, beside what the hand-written step made of the same weights and noise."""
    gan = tiny(*request.param)
    torch.manual_seed(2)
    expected = by_hand(gan, *request.param)
    torch.manual_seed(2)
    train(gan)
    return gan, expected


def same(one: nn.Module, other: nn.Module) -> None:
    left, right = one.state_dict(), other.state_dict()
    assert list(left) == list(right)
    for name in left:
        torch.testing.assert_close(left[name], right[name], rtol=1e-10, atol=1e-12)


def test_is_the_hand_written_step(pair: tuple[TinyGAN, dict[str, Any]]) -> None:
    gan, expected = pair
    same(gan.generator, expected["g"])
    same(gan.discriminator, expected["d"])
    same(gan.generator_average, expected["average"])


def test_losses_are_told_without_their_weights(pair: tuple[TinyGAN, dict[str, Any]]) -> None:
    gan, expected = pair
    assert list(gan.losses) == ["L_real", "L_fake", "L_G", "penalty"]
    for name, value in gan.losses.items():
        assert not value.requires_grad
        torch.testing.assert_close(value, expected["losses"][name].detach())


def test_g_meets_the_d_of_after_its_step_and_leaves_it(
    pair: tuple[TinyGAN, dict[str, Any]],
) -> None:
    gan, expected = pair
    in_g = [seen for seen in gan.seen if seen["step"] == "G"]
    for seen, d_after in zip(in_g, expected["d_after"], strict=True):
        for ours, theirs in zip(seen["d_weights"], d_after, strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)
    # After G's last step D is what it was before that.
    for ours, now in zip(in_g[-1]["d_weights"], gan.discriminator.parameters(), strict=True):
        assert torch.equal(ours, now)


def test_graphs_and_gradients_are_where_they_belong(pair: tuple[TinyGAN, dict[str, Any]]) -> None:
    gan, _ = pair
    assert [seen["step"] for seen in gan.seen] == ["D", "G"] * len(BATCHES)
    for seen in gan.seen:
        assert seen["graph"] == (seen["step"] == "G")
        assert seen["d_trains"] == {seen["step"] == "D"}
    assert all(weight.requires_grad for weight in gan.discriminator.parameters())
    assert all(weight.requires_grad for weight in gan.generator.parameters())
    assert not any(weight.requires_grad for weight in gan.generator_average.parameters())


def test_g_is_given_a_new_source(pair: tuple[TinyGAN, dict[str, Any]]) -> None:
    gan, _ = pair
    for d_step, g_step in zip(gan.seen[::2], gan.seen[1::2], strict=True):
        assert d_step["fake"].shape == g_step["fake"].shape
        assert not torch.allclose(d_step["fake"], g_step["fake"])


def test_batches_and_images_are_counted(pair: tuple[TinyGAN, dict[str, Any]]) -> None:
    gan, _ = pair
    assert (gan.batches, gan.images_seen) == (3, 16)
    checkpoint: dict[str, Any] = {}
    gan.on_save_checkpoint(checkpoint)
    other = tiny(None, None)
    other.on_load_checkpoint(checkpoint)
    assert (other.batches, other.images_seen) == (3, 16)


def test_the_average_stays_in_eval_mode_and_the_networks_in_training(
    pair: tuple[TinyGAN, dict[str, Any]],
) -> None:
    gan, _ = pair
    assert not any(layer.training for layer in gan.generator_average.modules())
    assert all(layer.training for layer in gan.generator.modules())
    assert all(layer.training for layer in gan.discriminator.modules())
