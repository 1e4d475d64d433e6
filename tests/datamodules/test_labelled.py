from __future__ import annotations

from pathlib import Path
from typing import Any

import lightning
import pytest
import torch

from project.data.digits import Digits
from project.data.faces.faces import Faces
from project.data.source import ImageSource
from project.datamodules.labelled import LabelledImages
from project.datamodules.steps import Steps
from project.errors import UserError


def digits(cache: Path, n: int | None = 20) -> Digits:
    return Digits(digits="all", split="train", n=n, size=28, seed=0, on_corrupt="stop", cache=cache)


def module(data: ImageSource, **changed: Any) -> LabelledImages:
    given = {"batch_size": 8, "seed": 0, "least_images": 0} | changed
    return LabelledImages(source=data, training=data.load(), **given)


def batches(datamodule: LabelledImages) -> list[Any]:
    datamodule.trainer = lightning.Trainer(
        accelerator="cpu", logger=False, enable_checkpointing=False
    )
    loader = datamodule.train_dataloader()
    return [datamodule.on_after_batch_transfer(batch, 0) for batch in loader]


def test_every_image_once_with_its_label(tmp_path: Path) -> None:
    datamodule = module(digits(tmp_path, n=24))
    found = batches(datamodule)
    assert [len(batch.images) for batch in found] == [8, 8, 8]
    images = torch.cat([batch.images for batch in found])
    labels = torch.cat([batch.labels for batch in found])
    assert labels.shape == (24, 1)
    assert (images.dtype, labels.dtype) == (torch.float32, torch.int64)
    there = {
        (int(label), image.tobytes())
        for image, label in zip(datamodule.images, datamodule.labels[:, 0], strict=True)
    }
    seen = {
        (int(label), (image * 255).round().byte().numpy().tobytes())
        for image, label in zip(images, labels[:, 0], strict=True)
    }
    assert seen == there
    assert 0 <= images.min() < images.max() <= 1


def test_a_small_set_is_repeated_whole(tmp_path: Path) -> None:
    found = batches(module(digits(tmp_path, n=16), least_images=41))
    images = torch.cat([batch.images for batch in found]).flatten(1)
    unique, counts = torch.unique(images, dim=0, return_counts=True)
    assert len(unique) == 16
    assert counts.tolist() == [3] * 16


def test_colour_images_are_refused(tmp_path: Path) -> None:
    faces = Faces(
        total=20, pool_seed=0, p_bald=0.3, p_beard=0.4, p_smiling=0.5, p_eyeglasses=0.2,
        select=None, n=5, size=32, seed=0, on_corrupt="stop", cache=tmp_path,
    )  # fmt: skip
    with pytest.raises(UserError, match=r"one class each are needed.*Allowed: data=mnist, digits"):
        module(faces)


def test_steps_are_counted() -> None:
    assert len(Steps(7)) == len(list(Steps(7))) == 7
