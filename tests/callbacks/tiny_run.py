"""A whole training that takes a fraction of a second: a DCGAN on 48 random images."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast

import lightning
import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Adam

from project.backbones.backbone import Backbone
from project.backbones.frozen_network import FrozenNetwork
from project.da.adaptive import Adaptive
from project.da.policy import Policy
from project.data.source import ImageSet, ImageSource
from project.datamodules.augmented import AugmentedImages
from project.losses.adversarial import CrossEntropy
from project.modules.gan import GANModule
from project.networks.dcgan import DCGAN

IMAGES, BATCH = 48, 16
BATCHES_PER_EPOCH = 3


class Originals:
    """Random images that nobody has to decode."""

    channels = 3
    breeds = ()
    left_over = range(IMAGES)

    def load(self) -> ImageSet:
        return self.images(IMAGES, seed=0)

    def held_out(self, at_most: int) -> ImageSet:
        return self.images(at_most, seed=1)

    def images(self, count: int, seed: int) -> ImageSet:
        rng = np.random.default_rng(seed)
        return ImageSet(
            images=rng.integers(0, 256, (count, 3, 32, 32), dtype=np.uint8),
            names=tuple(map(str, range(count))),
            labels=np.zeros((count, 0), np.int64),
            label_names=(),
            skipped=(),
            fingerprint="f",
        )


class RandomNetwork(FrozenNetwork):
    """Random convolutions in the place of a classifier."""

    def __init__(self, *, batch_size: int) -> None:
        super().__init__(batch_size=batch_size)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(8)
            self.conv = nn.Conv2d(3, 6, 8, stride=8)
            self.head = nn.Linear(96, 4)
        self.requires_grad_(False)
        self.eval()

    def extract(self, images: Tensor) -> tuple[Tensor, Tensor]:
        # Each image to its own contrast: untrained generators differ in little else.
        pixels = images.float()
        spread, mean = torch.std_mean(pixels, dim=(1, 2, 3), keepdim=True)
        features = self.conv((pixels - mean) / (spread + 1)).relu().flatten(1)
        return features, 20 * self.head(features)


class RandomBackbone(Backbone):
    name: ClassVar[str] = "random"

    def __init__(self, folder: Path) -> None:
        super().__init__(batch_size=7)
        self.file = folder / "weights.pth"
        self.file.write_bytes(b"weights")

    def find_weights(self) -> Path:
        return self.file

    def check_hash(self, path: Path, digest: str) -> None:
        assert len(digest) == 64

    def build(self, weights: Path) -> FrozenNetwork:
        return RandomNetwork(batch_size=self.batch_size)


def make_policy(**values: Any) -> Policy:
    """Makes a DA policy; of no kinds, unless told otherwise."""
    adaptive = Adaptive(target=0.6, kimg=0.1, every=2)
    own: dict[str, Any] = {"kinds": {}, "mode": "offline", "p": 0.5, "adaptive": adaptive}
    return Policy(**{**own, "size": "all", "ratio": None, "seed": 0, **values})


def make_gan(seed: int = 0, da: Policy | None = None) -> GANModule:
    """Seeds all that draws, and builds what is trained."""
    lightning.seed_everything(seed, workers=True, verbose=False)
    adam = partial(Adam, lr=2e-3, betas=(0.5, 0.999))
    network = DCGAN(size=32, channels=3, latent=6, base_channels=2)
    return GANModule(
        network=network,
        classes=None,
        loss=CrossEntropy(),
        penalties={},
        da=da,
        d_optimizer=adam,
        g_optimizer=adam,
        average_decay=0.9,
    )


def train(
    folder: Path,
    callbacks: Sequence[lightning.Callback],
    gan: GANModule | None = None,
    *,
    epochs: int = 2,
    da: Policy | None = None,
    resume: Path | None = None,
    loggers: Sequence[Any] = (),
    seed: int = 0,
) -> GANModule:
    """Trains in ``folder`` as `project.run` does."""
    module = make_gan(seed) if gan is None else gan
    source = cast(ImageSource, Originals())
    datamodule = AugmentedImages(
        source=source,
        training=source.load(),
        da=da or make_policy(),
        generate=None,
        classes=None,
        batch_size=BATCH,
        seed=seed,
    )
    folder.mkdir(exist_ok=True)
    trainer = lightning.Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        callbacks=list(callbacks),
        logger=list(loggers),
        default_root_dir=folder,
        enable_checkpointing=any(
            isinstance(c, lightning.pytorch.callbacks.Checkpoint) for c in callbacks
        ),
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        log_every_n_steps=1,
    )
    trainer.fit(module, datamodule, ckpt_path=resume, weights_only=True)
    return module
