from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import lightning
import pytest
import torch
from tiny_digits import Prototypes, fit
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Adam

from project.callbacks.checkpoint import LastCheckpoint
from project.callbacks.exact_resume import ExactResume
from project.data.target_digits import TargetDigits
from project.datamodules.steps import Steps
from project.errors import UserError
from project.modules.inversion import InversionModule
from project.modules.schedules import Constant, LinearDecay


class OnlySteps(lightning.LightningDataModule):
    def train_dataloader(self) -> Steps:
        return Steps(5)


def classifiers(*networks: nn.Module) -> Any:
    return {
        f"classifier_{number}": SimpleNamespace(network=network.requires_grad_(False).eval())
        for number, network in enumerate(networks)
    }


def inversion(target: Any = "all", n_per_digit: int = 2, **changed: Any) -> InversionModule:
    given: dict[str, Any] = {
        "task": TargetDigits(target=target, n_per_digit=n_per_digit, classes=10),
        "networks": {},
        "size": 28,
        "start": "uniform",
        "jitter": 0,
        "L_CE": 1.0,
        "L_TV": 3e-4,
        "L_binary": 3e-4,
        "optimizer": partial(Adam, lr=0.05, fused=True),
        "schedule": Constant(),
        "seed": 0,
    }
    return InversionModule(**(given | changed))


def inverted(folder: Path, net: nn.Module | None = None, epochs: int = 2, **changed: Any) -> Any:
    module = inversion(networks=classifiers(net or Prototypes()), **changed)
    return fit(module, OnlySteps(), folder, epochs=epochs)


PRIORS = {"start": "coarse", "jitter": 1, "schedule": LinearDecay(final=0.1), "L_TV": 0.01}


@pytest.mark.parametrize("changed", [{}, PRIORS], ids=["faithful", "priors"])
def test_an_image_does_not_depend_on_its_neighbours(
    changed: dict[str, Any], tmp_path: Path
) -> None:
    torch.manual_seed(2)
    conv = nn.Sequential(nn.Conv2d(1, 4, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 64, 10))
    among_many = inverted(tmp_path / "a", conv, target=[7, 3, 5], n_per_digit=4, **changed)
    among_few = inverted(tmp_path / "b", conv, target=[3], n_per_digit=2, **changed)
    threes = among_many.pictures()[among_many.wanted == 3][:2]
    torch.testing.assert_close(threes, among_few.pictures(), rtol=0, atol=1e-5)
    start = inversion(target=[3], n_per_digit=2, **changed).pictures()
    assert (among_few.pictures() - start).abs().max() > 0.05


def test_a_step_is_the_studys(tmp_path: Path) -> None:
    """Clamp, L_CE + weighted L_TV + L_binary, Adam: one image at a time, in the study's words."""
    net = Prototypes()
    ours = inverted(tmp_path / "run", net, target=[1, 8], n_per_digit=1).images.detach()
    start = inversion(target=[1, 8], n_per_digit=1).images.detach()
    for position, digit in enumerate((1, 8)):
        image = start[position].clone().requires_grad_(True)
        adam = torch.optim.Adam([image], lr=0.05)
        for _ in range(10):
            with torch.no_grad():
                image.clamp_(0, 1)
            adam.zero_grad()
            plane = image[0]
            probability = F.softmax(net(image[None])[0], dim=0)[digit]
            right = (plane[:, 1:] - plane[:, :-1]).square().sum()
            down = (plane[1:] - plane[:-1]).square().sum()
            binary = (plane * (1 - plane)).sum()
            loss: Tensor = -probability.log() + 3e-4 * (right + down) + 3e-4 * binary
            loss.backward()
            adam.step()
        torch.testing.assert_close(ours[position], image.detach(), rtol=1e-4, atol=1e-5)


def test_the_classifier_sees_the_wanted_digits_and_stays_as_it_was(tmp_path: Path) -> None:
    net = Prototypes()
    before = net.pictures.detach().clone()
    module = inverted(tmp_path / "run", net, epochs=12)
    assert torch.equal(net(module.pictures()).argmax(1), module.wanted)
    assert torch.equal(net.pictures, before)
    assert net.pictures.grad is None
    assert not net.pictures.requires_grad
    assert not net.training
    assert set(dict(module.named_parameters())) == {"images"}


def test_what_is_shown_is_clamped(tmp_path: Path) -> None:
    module = inverted(tmp_path / "run", optimizer=partial(Adam, lr=0.5))
    assert module.images.min() < 0
    assert 0 <= module.pictures().min() < module.pictures().max() <= 1


def test_counts_and_terms(tmp_path: Path) -> None:
    module = inverted(tmp_path / "run", target=3, n_per_digit=2)
    assert (module.batches, module.images_seen) == (10, 20)
    assert list(module.losses) == ["L_CE", "L_TV", "L_binary"]


@pytest.mark.parametrize("changed", [{}, PRIORS], ids=["faithful", "priors"])
def test_resumed_it_ends_as_if_it_had_never_stopped(
    changed: dict[str, Any], tmp_path: Path
) -> None:
    # The schedule is over all steps, so the first half is one of four epochs, interrupted.
    class Interrupted(lightning.Callback):
        def on_train_epoch_end(self, trainer: lightning.Trainer, *rest: Any) -> None:
            trainer.should_stop = trainer.current_epoch == 1

    def callbacks(module: InversionModule) -> list[Any]:
        return [ExactResume(module=module), LastCheckpoint(every_n_epochs=1, every_n_seconds=60)]

    whole = inverted(tmp_path / "whole", epochs=4, **changed)
    first, second = (inversion(networks=classifiers(Prototypes()), **changed) for _ in range(2))
    fit(
        first,
        OnlySteps(),
        tmp_path / "half",
        epochs=4,
        callbacks=[*callbacks(first), Interrupted()],
    )
    resumed = fit(
        second,
        OnlySteps(),
        tmp_path / "half",
        epochs=4,
        callbacks=callbacks(second),
        resume=tmp_path / "half" / "last.ckpt",
    )
    assert resumed.batches == 20
    assert torch.equal(whole.images, resumed.images)


def test_starts_differ_by_digit_index_and_seed() -> None:
    images = inversion(target=[0, 1], n_per_digit=2).pictures()
    others = inversion(target=[0, 1], n_per_digit=2, seed=1).pictures()
    every = torch.cat([images, others]).flatten(1)
    assert torch.unique(every, dim=0).shape[0] == 8
    assert torch.equal(inversion(target=[1], n_per_digit=2).pictures(), images[2:])


def test_every_seed_that_is_allowed_has_starts_of_its_own() -> None:
    seeds = (0, 20240101, 20240102, 2**32 - 1)
    images = [inversion(target=[9], n_per_digit=1, seed=seed).images for seed in seeds]
    assert torch.unique(torch.cat(images).flatten(1), dim=0).shape[0] == 4
    # Smaller ones have what they always had.
    rng = torch.Generator().manual_seed((7 * 1_000_003 + 9) * 1_000_003)
    small = inversion(target=[9], n_per_digit=1, seed=7).images
    assert torch.equal(small, torch.rand(1, 1, 28, 28, generator=rng))


def test_an_unknown_start_is_refused() -> None:
    with pytest.raises(UserError, match="Did you mean 'coarse'"):
        inversion(start="corse")


@pytest.mark.parametrize(("outputs", "fits"), [(9, False), (10, True), (11, True), (12, False)])
def test_a_classifier_of_other_classes(outputs: int, fits: bool) -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, outputs))
    if fits:
        assert inversion(networks=classifiers(net)).classifier is net
        return
    with pytest.raises(UserError, match=f"has {outputs} classes. Allowed: 10 digits, or 11"):
        inversion(networks=classifiers(net))


def test_classifiers_with_and_without_the_noise_label_are_not_inverted_together() -> None:
    ten, eleven = (nn.Sequential(nn.Flatten(), nn.Linear(784, k)) for k in (10, 11))
    with pytest.raises(UserError, match=r"classifier_0, classifier_1 .* have 10, 11 classes"):
        inversion(networks=classifiers(ten, eleven))
    images = torch.zeros(2, 1, 28, 28)
    assert inversion(networks=classifiers(eleven, eleven)).classifier(images).shape == (2, 11)
