from __future__ import annotations

from pathlib import Path

import lightning
import pytest

from project.data.faces.faces import Faces
from project.data.feature_selection import DetectorSelection
from project.datamodules.detector import DetectorImages


@pytest.fixture
def faces(tmp_path: Path) -> Faces:
    return Faces(
        total=60, pool_seed=0, p_bald=0.3, p_beard=0.4, p_smiling=0.5, p_eyeglasses=0.2,
        select=None, n=None, size=32, seed=0, on_corrupt="stop", cache=tmp_path,
    )  # fmt: skip


def test_half_of_each_batch_has_the_feature(faces: Faces) -> None:
    images = faces.load()
    task = DetectorSelection(
        features=["-No_Beard", "+Bald"], feature="+Bald", exclude_both=False, batch_size=8
    )
    data = DetectorImages(source=faces, training=images, task=task, batch_size=8, seed=0)
    bald = images.labels[:, images.label_names.index("Bald")]
    assert data.labels[:, 0].tolist() == bald.tolist()
    data.trainer = lightning.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False)
    batches = [data.on_after_batch_transfer(batch, 0) for batch in data.train_dataloader()]
    assert len(batches) == -(-int((bald == 0).sum()) // 4)
    for batch in batches:
        half = len(batch.labels) // 2
        assert batch.labels[:, 0].tolist() == [1] * half + [0] * half
        assert -1 <= batch.images.min() < batch.images.max() <= 1
