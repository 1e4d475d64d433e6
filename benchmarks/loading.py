"""Epochs per second of images: the cache in memory against ImageFolder and a DataLoader."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

from benchmarks.alternate import Rounds
from project.data.folder import Folder
from project.datamodules.batches import MemoryBatches, Share, batches_of, stream
from project.datamodules.pixels import from_uint8

IMAGES, BATCH, SIZE = 1000, 64, 64


def write_images(folder: Path) -> None:
    """Writes JPEG files of CelebA's size."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True)
    for i in range(IMAGES):
        coarse = Image.fromarray(rng.integers(0, 256, (14, 11, 3), dtype=np.uint8))
        coarse.resize((178, 218), Image.Resampling.BICUBIC).save(folder / f"{i:06d}.jpg")


def measure(workers: int, turns: int) -> Rounds:
    """Alternates epochs, float batches in [-1, 1] either way."""
    rounds = Rounds()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "images"
        write_images(root / "all")
        source = Folder(
            root=str(root),
            channels=3,
            n=None,
            size=SIZE,
            seed=0,
            on_corrupt="stop",
            cache=Path(temporary) / "cache",
        )
        decoded = source.load()
        memory = MemoryBatches(
            images=decoded.images,
            labels=decoded.labels,
            rows=lambda epoch: stream(
                np.arange(IMAGES), BATCH, batches_of(epoch, IMAGES, BATCH), 0
            ),
            length=-(-IMAGES // BATCH),
            device=torch.device("cpu"),
            share=Share(0, 1),
        )
        steps = [transforms.Resize(SIZE), transforms.CenterCrop(SIZE), transforms.ToTensor()]
        steps.append(transforms.Normalize((0.5,) * 3, (0.5,) * 3))
        folder = ImageFolder(str(root), transforms.Compose(steps))
        loader = DataLoader(folder, BATCH, shuffle=True, num_workers=workers)
        for _ in range(turns):
            begun = time.perf_counter()
            for images, _labels in memory:
                from_uint8(images, -1, 1)
            middle = time.perf_counter()
            for _images, _classes in loader:
                pass
            rounds.ours.append(middle - begun)
            rounds.theirs.append(time.perf_counter() - middle)
    return rounds


def rows(turns: int = 5) -> list[tuple[str, ...]]:
    """Measures all."""
    return [
        measure(workers, turns).row(f"loading, {workers} workers there", "epochs", "10")
        for workers in (0, 2)
    ]
