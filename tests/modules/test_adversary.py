from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from project.modules.adversary import PGD

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])


def rng(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def network() -> nn.Module:
    torch.manual_seed(1)
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 3))
    return net.requires_grad_(False)


def images() -> Tensor:
    return torch.rand(6, 1, 8, 8, generator=rng(5))


def attacked(eps: float, steps: int = 8, seed: int = 1) -> Tensor:
    return PGD(eps=eps, steps=steps).attack(network(), images(), LABELS, eps, rng(seed))


def moved(after: Tensor) -> Tensor:
    lengths: Tensor = (after - images()).flatten(1).norm(dim=1)
    return lengths


def losses(given: Tensor) -> Tensor:
    each: Tensor = cross_entropy(network()(given), LABELS, reduction="none")
    return each


@pytest.mark.parametrize("eps", [0.05, 0.5, 2.0])
def test_the_ball_and_the_range_are_kept(eps: float) -> None:
    after = attacked(eps)
    assert (moved(after) <= eps * (1 + 1e-5)).all()
    assert after.min() >= 0
    assert after.max() <= 1
    assert not after.requires_grad


def test_the_edge_of_the_ball_is_reached() -> None:
    # On images away from 0 and 1, so that the range takes nothing off.
    grey = 0.4 + 0.2 * images()
    after = PGD(eps=0.3, steps=4).attack(network(), grey, LABELS, 0.3, rng())
    assert (after - grey).flatten(1).norm(dim=1).tolist() == pytest.approx([0.3] * 6, rel=1e-4)


def test_every_loss_rises_and_more_so_than_by_chance() -> None:
    before, after = losses(images()), losses(attacked(1.0))
    assert (after > before).all()
    chance = torch.randn(images().shape, generator=rng(9))
    chance /= chance.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
    assert (after > losses((images() + chance).clamp(0, 1))).all()


def test_a_wider_ball_holds_worse_images() -> None:
    assert (losses(attacked(1.0)) > losses(attacked(0.3))).all()


def test_the_radius_given_rules() -> None:
    after = PGD(eps=2.0, steps=8).attack(network(), images(), LABELS, 0.1, rng())
    assert torch.equal(after, attacked(0.1))


def test_radius_zero_leaves_the_images() -> None:
    assert torch.equal(attacked(0.0), images())


def test_a_flat_network_breaks_nothing() -> None:
    last = nn.Linear(64, 3)
    nn.init.zeros_(last.weight)
    flat = nn.Sequential(nn.Flatten(), last).requires_grad_(False)
    after = PGD(eps=0.5, steps=3).attack(flat, images(), LABELS, 0.5, rng())
    assert torch.isfinite(after).all()
    assert (moved(after) <= 0.5 * (1 + 1e-5)).all()


def test_the_generator_alone_decides() -> None:
    assert torch.equal(attacked(0.5), attacked(0.5))
    assert not torch.equal(attacked(0.5, steps=1), attacked(0.5, steps=1, seed=2))


def test_neighbours_do_not_matter() -> None:
    others = images()
    others[1:] = 1 - others[1:]
    changed = PGD(eps=0.5, steps=4).attack(network(), others, LABELS, 0.5, rng())
    torch.testing.assert_close(changed[:1], attacked(0.5, steps=4)[:1])


def test_the_network_collects_no_gradients_and_the_images_stay() -> None:
    net, given = network(), images()
    PGD(eps=0.5, steps=2).attack(net, given, LABELS, 0.5, rng())
    assert torch.equal(given, images())
    assert all(p.grad is None for p in net.parameters())
