from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from project.errors import UserError
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


def wrong(net: nn.Module) -> Callable[[Tensor], Tensor]:
    return lambda given: cross_entropy(net(given), LABELS, reduction="sum")


def attack(pgd: PGD, net: nn.Module, given: Tensor, eps: float, seed: int = 1) -> Tensor:
    return pgd.attack(wrong(net), given, eps, (0.0, 1.0), rng(seed))


def attacked(eps: float, steps: int = 8, seed: int = 1) -> Tensor:
    return attack(PGD(eps=eps, steps=steps), network(), images(), eps, seed)


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
    after = attack(PGD(eps=0.3, steps=4), network(), grey, 0.3)
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
    after = attack(PGD(eps=2.0, steps=8), network(), images(), 0.1)
    assert torch.equal(after, attacked(0.1))


def test_radius_zero_leaves_the_images() -> None:
    assert torch.equal(attacked(0.0), images())


def test_a_flat_network_breaks_nothing() -> None:
    last = nn.Linear(64, 3)
    nn.init.zeros_(last.weight)
    flat = nn.Sequential(nn.Flatten(), last).requires_grad_(False)
    after = attack(PGD(eps=0.5, steps=3), flat, images(), 0.5)
    assert torch.isfinite(after).all()
    assert (moved(after) <= 0.5 * (1 + 1e-5)).all()


def test_the_generator_alone_decides() -> None:
    assert torch.equal(attacked(0.5), attacked(0.5))
    assert not torch.equal(attacked(0.5, steps=1), attacked(0.5, steps=1, seed=2))


def test_neighbours_do_not_matter() -> None:
    others = images()
    others[1:] = 1 - others[1:]
    changed = attack(PGD(eps=0.5, steps=4), network(), others, 0.5)
    torch.testing.assert_close(changed[:1], attacked(0.5, steps=4)[:1])


def test_the_network_collects_no_gradients_and_the_images_stay() -> None:
    net, given = network(), images()
    attack(PGD(eps=0.5, steps=2), net, given, 0.5)
    assert torch.equal(given, images())
    assert all(p.grad is None for p in net.parameters())


def test_another_range_of_pixels_is_kept() -> None:
    given = images() * 2 - 1
    after = PGD(eps=3.0, steps=4).attack(wrong(network()), given, 3.0, (-1.0, 1.0), rng())
    assert -1 <= after.min() < -0.9
    assert 0.9 < after.max() <= 1


def test_a_negative_radius_is_refused() -> None:
    with pytest.raises(UserError, match=r"attack.eps=-0.5 must be 0 or more"):
        PGD(eps=-0.5, steps=2)


def test_the_radius_grows_until_half_of_the_training() -> None:
    pgd = PGD(eps=4.0, steps=1)
    assert [pgd.radius(done, 8) for done in (1, 2, 4, 5, 8)] == [1.0, 2.0, 4.0, 4.0, 4.0]
