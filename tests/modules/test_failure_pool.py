from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from project.losses.inversion import L_CE, L_TV, L_binary
from project.modules.failure_pool import FailurePool

SETTINGS: dict[str, Any] = {
    "image_size": 8,
    "digits": 3,
    "size": 20,
    "share": 400,  # with replacement: every image is met
    "steps": 4,
    "lr": 0.02,
    "fresh": 0.0,
    "jitter": 0,
    "L_TV": 0.01,
    "L_binary": 0.003,
}


def rng(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def network() -> nn.Module:
    torch.manual_seed(1)
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 4))
    return net.requires_grad_(False)


def build(**changed: Any) -> FailurePool:
    torch.manual_seed(2)
    return FailurePool(**{**SETTINGS, **changed})


def losses(pool: FailurePool) -> Tensor:
    images = pool.images.detach()
    ce = L_CE(network()(images), pool.wanted)
    return ce + 0.01 * L_TV(images) + 0.003 * L_binary(images)


def test_every_image_lowers_its_own_loss() -> None:
    pool = build()
    before = losses(pool)
    pool.draw(network(), rng())
    assert (losses(pool) < before).all()


def test_images_are_driven_on_from_draw_to_draw() -> None:
    pool, drawn = build(), rng()
    means = []
    for _ in range(4):
        pool.draw(network(), drawn)
        means.append(losses(pool).mean().item())
    assert means == sorted(means, reverse=True)


def test_what_is_drawn_goes_back_into_the_pool_and_the_rest_stays() -> None:
    pool = build(share=5)
    before = pool.images.clone()
    failures = pool.draw(network(), rng())
    changed = (pool.images != before).flatten(1).any(1)
    assert 1 <= len(failures) <= 5
    assert int(changed.sum()) == len(failures)
    assert torch.equal(pool.images[changed], failures)


def test_shapes_and_range() -> None:
    pool = build(jitter=2, lr=0.5, fresh=0.5)
    for images in (pool.images, pool.draw(network(), rng()), pool.images):
        assert images.shape == (20, 1, 8, 8)
        assert images.min() >= 0
        assert images.max() <= 1
        assert not images.requires_grad
    assert set(pool.wanted.tolist()) == {0, 1, 2}


def test_no_pixel_moves_further_than_two_rates_per_step() -> None:
    pool = build(steps=1)
    before = pool.images.clone()
    pool.draw(network(), rng())
    assert 0.02 < (pool.images - before).abs().max() <= 0.04 + 1e-6


def test_fresh_images_start_anew() -> None:
    kept, renewed = build(steps=0), build(steps=0, fresh=1.0)
    before = kept.images.clone()
    kept.draw(network(), rng())
    renewed.draw(network(), rng())
    assert torch.equal(kept.images, before)
    assert (renewed.images != before).flatten(1).any(1).all()


def test_neighbours_do_not_matter() -> None:
    one, other = build(jitter=1), build(jitter=1)
    other.images[1:] = 1 - other.images[1:]
    one.draw(network(), rng())
    other.draw(network(), rng())
    torch.testing.assert_close(one.images[0], other.images[0])
    assert not torch.equal(one.images[1], other.images[1])


def test_the_generator_alone_decides() -> None:
    same = [build(share=5, fresh=0.3).draw(network(), rng()) for _ in range(2)]
    assert torch.equal(*same)
    other = build(share=5, fresh=0.3).draw(network(), rng(4))
    assert not (other.shape == same[0].shape and torch.equal(other, same[0]))


def test_a_checkpoint_holds_the_pool() -> None:
    pool = build(jitter=1)
    pool.draw(network(), rng())
    torch.manual_seed(9)
    loaded = FailurePool(**{**SETTINGS, "jitter": 1})
    assert not torch.equal(loaded.images, pool.images)
    loaded.load_state_dict(pool.state_dict())
    assert torch.equal(loaded.draw(network(), rng(5)), pool.draw(network(), rng(5)))
    assert torch.equal(loaded.images, pool.images)
    assert not list(pool.parameters())


def test_the_network_collects_no_gradients() -> None:
    net = network()
    build().draw(net, rng())
    assert all(p.grad is None for p in net.parameters())
