"""GANs of each study, small, on random images, with Lightning's own trainer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from bare_trainer import bare_trainer
from hydra.utils import instantiate
from tiny_digits import TinyDigits
from torch import Tensor, nn
from torch.optim import Adam

from project.callbacks.exact_resume import ExactResume
from project.cli.compose import load_config
from project.da.policy import Policy
from project.data.class_labels import Classes
from project.datamodules.batches import ShuffledDataModule
from project.losses.adversarial import CrossEntropy, Relativistic
from project.modules.alternating import AlternatingModule
from project.modules.gan import GANModule
from project.modules.reversed_digits_stable import StableReversedDigitsModule
from project.modules.stages import Stages
from project.modules.two_features import TwoFeaturesModule
from project.networks.dcgan import DCGAN
from project.networks.fastgan import FastGAN
from project.networks.reversed_digits_stable import StableReversedDigits
from project.penalties.lecam import LeCam
from project.penalties.r1 import R1

EPOCH, BATCH = 10, 8  # batches of an epoch, images of a batch
ADAM = partial(Adam, lr=2e-4, betas=(0.5, 0.999), fused=True)


class Images(ShuffledDataModule):
    """Random images."""

    def __init__(self, shape: tuple[int, ...], low: float) -> None:
        super().__init__()
        type(self).pixel_range = (low, 1.0)
        rng = np.random.default_rng(0)
        self.images = rng.integers(0, 256, (EPOCH * BATCH, *shape), dtype=np.uint8)
        self.labels = np.arange(EPOCH * BATCH)[:, None] % 10
        self.batch_size = BATCH
        self.seed = 0


class Feature(nn.Module):
    """In the place of D_1 or D_2."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 1, 32)
        self.requires_grad_(False)

    def answer(self, images: Tensor) -> Tensor:
        return torch.sigmoid(self.layer(images).float().flatten())


def plain(da: Policy | None = None) -> tuple[AlternatingModule, Images]:
    """Study A's."""
    network = DCGAN(size=32, channels=3, latent=10, base_channels=4)
    adam = {"d_optimizer": ADAM, "g_optimizer": ADAM}
    module = GANModule(
        network=network,
        classes=None,
        loss=CrossEntropy(),
        penalties={},
        da=da,
        average_decay=0.999,
        **adam,
    )
    return module, Images((3, 32, 32), -1.0)


def augmented() -> tuple[AlternatingModule, Images]:
    """Study A's with differentiable augmentation, whose p moves in every fourth batch."""
    adaptive = ["da.p=adaptive", "da.adaptive.every=4", "da.adaptive.kimg=0.5"]
    config = load_config("config", ["experiment=da_faces", "da=diffaugment", *adaptive])
    return plain(instantiate(config.da))


def modern() -> tuple[AlternatingModule, Images]:
    """Study A's out of other parts: what D adds itself, penalties now and then, classes."""
    module = GANModule(
        network=FastGAN(size=32, channels=3, latent=10, base_channels=4, widest=16),
        classes=Classes({str(digit): BATCH for digit in range(10)}, {}),
        loss=Relativistic(),
        penalties={
            "R1": R1(weight=1.0, every=2),
            "LeCam": LeCam(weight=0.3, every=1, decay=0.9),
        },
        da=None,
        d_optimizer=ADAM,
        g_optimizer=ADAM,
        average_decay=0.999,
    )
    return module, Images((3, 32, 32), -1.0)


def joint() -> tuple[AlternatingModule, Images]:
    """Study B's Solution 2, with stages and R1."""
    first = {"until": 1, "real": "halves", "G": {"L_G": 1.0}, "D": {"L_D": 1.0}}
    later = {
        "until": 1.0,
        "real": "halves",
        "G": {"L_GM1b": 0.25, "L_GM2": 0.75},
        "D": {"L_DM1": 0.25, "L_DM2": 0.25, "L_DM3": 0.5},
    }
    module = TwoFeaturesModule(
        network=DCGAN(size=32, channels=3, latent=10, base_channels=4),
        highest=2.0,
        stages=Stages(epochs=20, smooth="none", plan={"first": first, "later": later}),
        d_optimizer=ADAM,
        g_optimizer=ADAM,
        average_decay=0.999,
        R1=1.0,
        R1_every=2,
        networks={"D_1": Feature(), "D_2": Feature()},
    )
    return module, Images((3, 32, 32), -1.0)


def stable() -> tuple[AlternatingModule, Images]:
    """Study C's stable one: rates that move on every batch, dropout, shifts, R1."""
    network = StableReversedDigits(
        size=28, dropout=0.3, classes=10, pack=2, pair=True, spectral=True
    )
    module = StableReversedDigitsModule(
        network=network,
        adversarial=CrossEntropy(),
        d_optimizer=ADAM,
        g_optimizer=ADAM,
        average_decay=0.99,
        halve_after=50,
        shift_pixels=1,
        auxiliary_noise=2.0,
        R1_every=2,
        L_G=1.0,
        L_wrong=1.0,
        L_C=4.0,
        R1=1.0,
        L_1=0.0,
        testing=TinyDigits(1).load(),
    )
    return module, Images((1, 28, 28), 0.0)


GANS: dict[str, Callable[[], tuple[AlternatingModule, Images]]]
GANS = {
    "plain": plain,
    "augmented": augmented,
    "modern": modern,
    "joint": joint,
    "stable": stable,
}


class Saves(lightning.Callback):
    """Saves after each epoch."""

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        trainer.save_checkpoint(Path(trainer.default_root_dir) / f"{trainer.current_epoch}.ckpt")


class Looks(lightning.Callback):
    """Generates, and draws numbers of its own, after each epoch."""

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        sources = module.sample_sources(20, 0)
        for weights in ("generator", "average"):
            list(module.generate(sources, weights, 7))


def train(
    kind: str,
    folder: Path,
    *,
    accelerator: str,
    capture: str,
    epochs: int,
    precision: str = "32-true",
    resume: Path | None = None,
    callbacks: Sequence[lightning.Callback] = (),
) -> AlternatingModule:
    """Trains one of the GANs from the same state every time."""
    lightning.seed_everything(0, verbose=False)
    module, images = GANS[kind]()
    module.capture = capture
    trainer = bare_trainer(
        epochs,
        accelerator,
        devices=1,
        precision=precision,
        deterministic=True,
        callbacks=[ExactResume(module=module), *callbacks],
        default_root_dir=folder,
    )
    trainer.fit(module, images, ckpt_path=resume, weights_only=True)
    return module
