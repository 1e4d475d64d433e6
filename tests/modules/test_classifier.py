from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import pytest
import torch
from tiny_digits import IMAGES, TinyDigits, datamodule, fit
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Adam

from project.callbacks.checkpoint import LastCheckpoint
from project.callbacks.exact_resume import ExactResume
from project.datamodules.batches import RawBatch
from project.datamodules.labelled import LabelledImages
from project.modules.adversary import PGD
from project.modules.classifier import ClassifierModule
from project.modules.failure_pool import FailurePool
from project.modules.noise import NoiseKinds
from project.modules.robust_classifier import RobustClassifierModule
from project.modules.schedules import Constant, OneCycle


def network(classes: int = 10) -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, classes))


def plain(net: nn.Module, **changed: Any) -> ClassifierModule:
    given: dict[str, Any] = {
        "network": net,
        "optimizer": partial(Adam, lr=1e-3),
        "schedule": Constant(),
        "label_smoothing": 0.1,
        "shift_pixels": 0,
        "training": TinyDigits().load(),
    }
    return ClassifierModule(**(given | changed))


class Seen(nn.Module):
    """Remembers the last batch that it was trained on."""

    def __init__(self, classes: int = 11) -> None:
        super().__init__()
        self.inner = network(classes)
        self.last: Tensor

    def forward(self, images: Tensor) -> Tensor:
        self.last = images.detach()
        logits: Tensor = self.inner(images)
        return logits


def robust(net: nn.Module, **changed: Any) -> RobustClassifierModule:
    given: dict[str, Any] = {
        "network": net,
        "optimizer": partial(Adam, lr=1e-3),
        "schedule": OneCycle(),
        "label_smoothing": 0.0,
        "shift_pixels": 1,
        "training": TinyDigits().load(),
        "noise": NoiseKinds(kinds=["coarse", "mixed"]),
        "noise_images": 4,
        "noise_label": 10,
        "attack": PGD(eps=1.0, steps=2),
        "pool": FailurePool(
            image_size=28, digits=10, size=50, share=6, steps=1, lr=0.05, fresh=0.1, jitter=1,
            L_TV=0.01, L_binary=0.003,
        ),
    }  # fmt: skip
    return RobustClassifierModule(**(given | changed))


def test_an_epoch_is_the_loop_that_the_study_describes(tmp_path: Path) -> None:
    module = fit(plain(network()), datamodule(), tmp_path / "run", epochs=2)
    by_hand, data = network(), datamodule()
    adam = torch.optim.Adam(by_hand.parameters(), lr=1e-3)
    for epoch in range(2):
        order = torch.from_numpy(_order(data, epoch))
        for chosen in torch.split(order, 16):
            images = torch.from_numpy(data.images)[chosen].float() / 255
            labels = torch.from_numpy(data.labels)[chosen, 0]
            adam.zero_grad()
            F.cross_entropy(by_hand(images), labels, label_smoothing=0.1).backward()
            adam.step()
    for ours, theirs in zip(module.network.parameters(), by_hand.parameters(), strict=True):
        # Another order in memory rounds otherwise, on some processors more; a step is 1e-3.
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-4)
    assert (module.batches, module.images_seen) == (6, 2 * IMAGES)
    assert list(module.losses) == ["L_CE"]


def _order(data: Any, epoch: int) -> Any:
    return np.random.default_rng([data.seed, epoch]).permutation(len(data.images))


def test_a_small_set_is_repeated(tmp_path: Path) -> None:
    module = fit(plain(network()), datamodule(least_images=100), tmp_path / "run", epochs=1)
    assert module.images_seen == 3 * IMAGES


def test_predicting_leaves_the_training_alone() -> None:
    module = plain(nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(784, 10)))
    images = torch.rand(5, 1, 28, 28)
    assert torch.equal(module.predict(images), module.predict(images))
    assert module.network.training


def test_noise_attack_and_pool_join_the_batch(tmp_path: Path) -> None:
    net = Seen()
    module = fit(robust(net), datamodule(), tmp_path / "run", epochs=1)
    assert 16 + 4 < len(net.last) <= 16 + 4 + 6
    assert 0 <= net.last.min() < net.last.max() <= 1
    assert all(p.requires_grad and p.grad is not None for p in module.network.parameters())


def test_the_adversary_does_not_have_all_batches_drawn_at_each(tmp_path: Path) -> None:
    drawn = []

    class Noting(LabelledImages):
        def rows(self, epoch: int) -> Any:
            drawn.append(epoch)
            return super().rows(epoch)

    source: Any = TinyDigits()
    data = Noting(source=source, training=source.load(), batch_size=16, seed=0, least_images=0)
    module = fit(robust(network(11)), data, tmp_path / "run", epochs=2)
    # Once to be counted, and each epoch to be trained on.
    assert drawn == [0, 1, 0, 1]
    assert module.batches == module.all_batches == 6


@pytest.mark.parametrize(
    ("off", "images"),
    [
        ({"noise": None, "attack": None, "pool": None}, 16),
        ({"attack": None, "pool": None}, 20),
        ({"noise": None, "pool": None}, 16),
    ],
)
def test_each_switches_off(off: dict[str, None], images: int, tmp_path: Path) -> None:
    net = Seen()
    fit(robust(net, **off), datamodule(), tmp_path / "run", epochs=1)
    assert len(net.last) == images


def test_without_switches_it_is_the_plain_classifier(tmp_path: Path) -> None:
    bare = robust(
        network(), schedule=Constant(), shift_pixels=0, noise=None, attack=None, pool=None
    )
    fit(bare, datamodule(), tmp_path / "a", epochs=1)
    other = fit(plain(network(), label_smoothing=0.0), datamodule(), tmp_path / "b", epochs=1)
    for ours, theirs in zip(bare.network.parameters(), other.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_added_noise_has_the_noise_label() -> None:
    module = robust(Seen(), attack=None, pool=None)
    raw = RawBatch(torch.zeros(5, 1, 28, 28, dtype=torch.uint8), torch.full((5, 1), 7))
    batch = datamodule().on_after_batch_transfer(raw, 0)
    images, labels = module.prepare(batch)
    assert labels.tolist() == [7] * 5 + [10] * 4
    assert images.shape == (9, 1, 28, 28)


def test_resumed_it_finds_the_pool_as_it_was(tmp_path: Path) -> None:
    class Interrupted(lightning.Callback):
        def on_train_epoch_end(self, trainer: lightning.Trainer, *rest: Any) -> None:
            trainer.should_stop = trainer.current_epoch == 0

    def built() -> RobustClassifierModule:
        torch.manual_seed(9)
        return robust(network(11))

    def callbacks(module: RobustClassifierModule) -> list[Any]:
        return [
            ExactResume(module=module),
            LastCheckpoint(every_n_epochs=1, every_n_seconds=60),
        ]

    whole = built()
    fit(whole, datamodule(), tmp_path / "whole", callbacks=callbacks(whole))
    half, first = tmp_path / "half", built()
    fit(first, datamodule(), half, callbacks=[*callbacks(first), Interrupted()])
    torch.manual_seed(77)
    again = robust(network(11))
    resumed = fit(again, datamodule(), half, callbacks=callbacks(again), resume=half / "last.ckpt")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name
