"""Batches per second of the classifier's training, against a plain loop over a DataLoader.

Ours is the whole path: config, Lightning, loader, losses to CSV, progress bar. The plain loop reads
torchvision's MNIST with ToTensor through a DataLoader and steps an unfused Adam; batch 64, the
study's learning rate and label smoothing either way. Both read the same random idx files.
"""

from __future__ import annotations

import gzip
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import MNIST

from benchmarks.alternate import Rounds, TakeTurns
from benchmarks.inversion import NETWORKS
from project import run
from project.cli.compose import load_config

BATCH, IMAGES = 64, 12_800
TARGETS = {"linear": "1.5", "conv": "1.2"}


def write_idx(root: Path) -> None:
    """Writes idx files of random pixels where torchvision looks for MNIST, gzipped and not."""
    folder = root / "MNIST" / "raw"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for stem, count in (("train", IMAGES), ("t10k", 100)):
        pixels = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        classes = rng.integers(0, 10, count, dtype=np.uint8)
        files = {
            f"{stem}-images-idx3-ubyte": struct.pack(">4I", 0x803, *pixels.shape)
            + pixels.tobytes(),
            f"{stem}-labels-idx1-ubyte": struct.pack(">2I", 0x801, count) + classes.tobytes(),
        }
        for name, content in files.items():
            (folder / name).write_bytes(content)
            (folder / f"{name}.gz").write_bytes(gzip.compress(content, 1))


def plain_loop(name: str, root: Path) -> Callable[[], None]:
    """Returns one batch of the plain loop."""
    network = NETWORKS[name](size=28, classes=10)
    adam = torch.optim.Adam(network.parameters(), lr=2e-3, foreach=False, fused=False)
    loader = DataLoader(MNIST(root, transform=transforms.ToTensor()), BATCH, shuffle=True)

    def forever() -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            yield from loader

    batches = forever()

    def batch() -> None:
        images, labels = next(batches)
        loss = F.cross_entropy(network(images), labels, label_smoothing=0.1)
        adam.zero_grad()
        loss.backward()
        adam.step()

    return batch


def measure(name: str, bf16: bool, turns: int, block: int) -> Rounds:
    """Alternates the two for ``turns`` turns of ``block`` batches."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_idx(folder)
        words = [
            "experiment=digit_classifier",
            f"network=classifier_{name}",
            f"data.root={folder}",
            f"epochs={-(-(turns + 1) * block * BATCH // IMAGES)}",
            "trainer=cpu",
            f"trainer.precision={'bf16-mixed' if bf16 else '32-true'}",
            "logger=csv",
            f"paths.outputs={folder}",
            f"paths.cache={folder}/cache",
        ]
        config = load_config("config", words)
        parts = run.build(config, run.check(config), {})
        # The plain loop stays in fp32: bf16 is what ours adds.
        take_turns = TakeTurns(plain_loop(name, folder), block, warm_up=1)
        callbacks = [*parts.callbacks, take_turns]
        run.fit(config, run.Parts(parts.module, parts.datamodule, callbacks), folder)
    return take_turns.rounds


def rows(turns: int = 7, block: int = 25) -> list[tuple[str, ...]]:
    """Measures all."""
    found = []
    for name in NETWORKS:
        for bf16 in (False, True):
            title = f"classifier, {name}, {'bf16 against fp32' if bf16 else 'fp32'}"
            rounds = measure(name, bf16, turns, block)
            found.append(rounds.row(title, "batches", "-" if bf16 else TARGETS[name]))
    return found
