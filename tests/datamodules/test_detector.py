from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import lightning
import numpy as np
import pytest
from tiny_digits import TinyDigits

from project.data.faces.faces import Faces
from project.data.feature_selection import DetectorSelection
from project.data.source import ImageSource
from project.datamodules.batches import MemoryBatches
from project.datamodules.detector import DetectorImages
from project.errors import UserError


@pytest.fixture
def faces(tmp_path: Path) -> Faces:
    return Faces(
        total=60, pool_seed=0, p_bald=0.3, p_beard=0.4, p_smiling=0.5, p_eyeglasses=0.2,
        select=None, n=None, size=32, seed=0, on_corrupt="stop", cache=tmp_path,
    )  # fmt: skip


def detector_images(source: ImageSource, *, exclude_both: bool = False) -> DetectorImages:
    task = DetectorSelection(
        features=["-No_Beard", "+Bald"], feature="+Bald", exclude_both=exclude_both, batch_size=8
    )
    data = DetectorImages(source=source, training=source.load(), task=task, batch_size=8, seed=0)
    data.trainer = lightning.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False)
    return data


def epochs(loader: MemoryBatches, count: int) -> Iterator[int]:
    for epoch in range(count):
        loader.sampler.set_epoch(epoch)
        yield epoch


def test_half_of_each_batch_has_the_feature(faces: Faces) -> None:
    images, data = faces.load(), detector_images(faces)
    bald = images.labels[:, images.label_names.index("Bald")]
    assert data.labels[:, 0].tolist() == bald.tolist()
    batches = [data.on_after_batch_transfer(batch, 0) for batch in data.train_dataloader()]
    lacking = int((bald == 0).sum())
    assert len(batches) == lacking // 4
    assert len(data.train_dataloader()) == -(-lacking // 4)
    for batch in batches:
        assert batch.labels[:, 0].tolist() == [1] * 4 + [0] * 4
        assert -1 <= batch.images.min() < batch.images.max() <= 1


def test_each_image_comes_with_its_own_label(faces: Faces) -> None:
    images, data = faces.load(), detector_images(faces)
    bald = images.labels[:, images.label_names.index("Bald")]
    label_of = {
        image.tobytes(): int(label) for image, label in zip(images.images, bald, strict=True)
    }
    seen = set()
    loader = data.train_dataloader()
    for batch in (batch for _ in epochs(loader, 2) for batch in loader):
        for image, label in zip(batch.images, batch.labels[:, 0], strict=True):
            pixels = np.ascontiguousarray(image.numpy()).tobytes()
            assert label_of[pixels] == label
            seen.add(pixels)
    # The smaller set is gone through whole before it begins again.
    assert seen == set(label_of)


def test_images_with_both_features_can_be_left_out(faces: Faces) -> None:
    images = faces.load()
    bald, shaven = (images.labels[:, images.label_names.index(n)] for n in ("Bald", "No_Beard"))
    with_both = set(np.flatnonzero((bald == 1) & (shaven == 0)).tolist())
    assert with_both
    data = detector_images(faces, exclude_both=True)
    used = np.concatenate([*data.rows(0), *data.rows(1)])
    assert set(used.tolist()) == set(range(len(images))) - with_both


def test_grey_images_are_refused() -> None:
    with pytest.raises(UserError, match="colour images, but tiny digits is grey"):
        detector_images(cast(ImageSource, TinyDigits()))
