from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import lightning
import numpy as np
import pytest
import torch
from tiny_digits import TinyDigits

from project.data.faces.faces import Faces
from project.data.source import ImageSource
from project.datamodules.batches import MemoryBatches
from project.datamodules.drawn import DrawnImages
from project.errors import UserError


def module(**changed: Any) -> DrawnImages:
    given = {"batch_size": 8, "batches": 7, "epoch_batches": 3, "seed": 5} | changed
    source = cast(ImageSource, TinyDigits())
    return DrawnImages(source=source, training=source.load(), **given)


def loader(datamodule: DrawnImages) -> MemoryBatches:
    datamodule.trainer = lightning.Trainer(
        accelerator="cpu", logger=False, enable_checkpointing=False
    )
    return datamodule.train_dataloader()


def epochs(datamodule: DrawnImages, count: int) -> list[list[Any]]:
    batches = loader(datamodule)
    found = []
    for epoch in range(count):
        batches.sampler.set_epoch(epoch)
        found.append(list(batches))
    return found


def test_the_last_epoch_is_shorter() -> None:
    assert [len(batches) for batches in epochs(module(), 3)] == [3, 3, 1]
    assert len(loader(module())) == 3
    assert len(loader(module(batches=2))) == 2


def test_images_keep_their_labels_and_come_back() -> None:
    datamodule = module(batches=60)
    there = {
        image.tobytes(): int(label)
        for image, label in zip(datamodule.images, datamodule.labels[:, 0], strict=True)
    }
    seen = set()
    for images, labels in (pair for batches in epochs(datamodule, 20) for pair in batches):
        assert images.shape == (8, 1, 28, 28)
        for image, label in zip(images.numpy(), labels[:, 0].tolist(), strict=True):
            assert there[image.tobytes()] == label
            seen.add(image.tobytes())
    # 480 draws of 48: of each ten times on average, so that none is missed.
    assert len(seen) == len(there)


def test_draws_are_with_replacement() -> None:
    (images, _), *_ = epochs(module(batch_size=200), 1)[0]
    assert len(np.unique(images.numpy().reshape(200, -1), axis=0)) <= 48


def test_a_batch_depends_on_the_seed_and_its_number_alone() -> None:
    flat = [labels for batches in epochs(module(), 3) for _, labels in batches]
    other = [labels for batches in epochs(module(epoch_batches=2), 4) for _, labels in batches]
    assert torch.equal(torch.stack(flat), torch.stack(other))
    third = [labels for batches in epochs(module(seed=6), 3) for _, labels in batches]
    assert not torch.equal(torch.stack(flat), torch.stack(third))


def test_pixels_reach_from_0_to_1() -> None:
    datamodule = module()
    (batch, *_), *_ = epochs(datamodule, 1)
    images = datamodule.on_after_batch_transfer(batch, 0).images
    assert images.dtype == torch.float32
    assert (images.min().item(), images.max().item()) == (0.0, 1.0)


def test_colour_images_are_refused(tmp_path: Path) -> None:
    faces = Faces(
        total=20, pool_seed=0, p_bald=0.3, p_beard=0.4, p_smiling=0.5, p_eyeglasses=0.2,
        select=None, n=5, size=32, seed=0, on_corrupt="stop", cache=tmp_path,
    )  # fmt: skip
    with pytest.raises(UserError, match="data=mnist"):
        DrawnImages(
            source=faces,
            training=faces.load(),
            batch_size=2,
            batches=1,
            epoch_batches=1,
            seed=0,
        )
