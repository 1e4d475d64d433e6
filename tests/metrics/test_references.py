from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from project.backbones.backbone import Backbone
from project.backbones.frozen_network import FrozenNetwork
from project.da.contrast import Contrast
from project.da.invert import Invert
from project.da.vflip import VFlip
from project.errors import UserError
from project.metrics.measures import Measures
from project.metrics.pictures import Pictures
from project.metrics.references import References
from project.metrics.wanted_class import WantedClass


class Corners(FrozenNetwork):
    """The features of an image are its four corner pixels."""

    def __init__(self) -> None:
        super().__init__(batch_size=16)
        self.seen = 0

    def extract(self, images: Tensor) -> tuple[Tensor, Tensor]:
        self.seen += len(images)
        corners = images[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].flatten(1).float() / 255
        return corners, corners[:, :5]


class CornerBackbone(Backbone):
    name = "corners"

    def __init__(self, folder: Path) -> None:
        super().__init__(batch_size=16)
        self.file = folder / "weights.pth"
        self.file.write_bytes(b"weights")

    def find_weights(self) -> Path:
        return self.file

    def check_hash(self, path: Path, digest: str) -> None:
        pass

    def build(self, weights: Path) -> FrozenNetwork:
        return Corners()


def photographs(count: int, seed: int) -> Pictures:
    """Light above, dark below."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 90, (count, 3, 8, 8), dtype=np.uint8)
    images[:, :, :4] += 140
    return Pictures.of(images, batch_size=7)


def references(tmp_path: Path, network: Corners, **changes: object) -> References:
    values: dict[str, object] = {
        "training": photographs(60, 0),
        "held_out": photographs(50, 1),
        "treatments": {"invert": Invert(), "vflip": VFlip()},
        "network": network,
        "backbone": CornerBackbone(tmp_path),
        "measures": Measures(splits=[1, 10], neighbours=3, kid_images=1000, seed=0, more={}),
        "wanted": WantedClass((), strict=True, imagenet=False),
        "images": 40,
        "cache": tmp_path / "cache",
    }
    return References(**{**values, **changes})  # type: ignore[arg-type]


def test_rows_of_the_same_number_of_images(tmp_path: Path) -> None:
    found = references(tmp_path, Corners())
    assert found.counts == {"training": 40, "held_out": 40, "invert": 40, "vflip": 40}
    rows = found.rows
    assert rows["held_out"]["fid"] < rows["invert"]["fid"] / 3
    assert rows["held_out"]["leak_invert"] < 0.1
    assert rows["invert"]["leak_invert"] > 0.9
    assert found.leak.accuracies["vflip"] > 0.9
    assert rows["training"]["near_copy_share"] == 1


def test_a_second_run_pays_nothing(tmp_path: Path) -> None:
    first, second = Corners(), Corners()
    rows = references(tmp_path, first).rows
    assert first.seen == 60 + 50 + 2 * 60
    assert references(tmp_path, second).rows == rows
    assert second.seen == 0


def test_another_setting_of_a_treatment_is_another_row(tmp_path: Path) -> None:
    seen = []
    for factor in (1.5, 2.0):
        network = Corners()
        references(tmp_path, network, treatments={"contrast": Contrast(factor=factor)})
        seen.append(network.seen)
    assert seen == [60 + 50 + 60, 60]


def test_without_held_out_images(tmp_path: Path) -> None:
    found = references(tmp_path, Corners(), held_out=None)
    assert list(found.rows) == ["training", "invert", "vflip"]
    own = found.score(found.passed(photographs(40, 1)))
    assert own["nearest_train_distance_ratio"] == pytest.approx(1, abs=0.15)


def test_too_few_held_out_images_are_no_row(tmp_path: Path) -> None:
    found = references(tmp_path, Corners(), held_out=photographs(4, 1))
    assert "held_out" not in found.rows
    assert "fid_held_out" not in found.rows["training"]


def test_distances_to_held_out_images(tmp_path: Path) -> None:
    found = references(tmp_path, Corners(), images=50)
    assert found.rows["held_out"]["fid_held_out"] == pytest.approx(0, abs=1e-6)
    # A distance is the same seen from the other end; copies are at no distance from what they copy.
    swapped = references(
        tmp_path, Corners(), training=photographs(50, 1), held_out=photographs(60, 0), images=50
    )
    copied = found.score(found.passed(photographs(60, 0)))
    assert copied["fid"] == pytest.approx(0, abs=1e-6)
    for name in ("fid", "kid"):
        there = swapped.rows["training"][f"{name}_held_out"]
        assert copied[f"{name}_held_out"] == pytest.approx(there, rel=1e-6)
        assert copied[f"{name}_held_out"] > copied[name]


def test_too_few_real_images(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="The 9 real images to compare with are fewer than the 10"):
        references(tmp_path, Corners(), training=photographs(9, 0))


def test_pictures_are_treated_as_they_are_picked() -> None:
    plain = photographs(9, 0)
    turned = plain.treated("invert", Invert())
    batches = torch.cat(list(turned.batches()))
    assert np.array_equal(255 - batches[[2, 5]].numpy(), plain.pick([2, 5]))
    assert np.array_equal(turned.pick([2, 5]), batches[[2, 5]].numpy())
    assert turned.key != plain.key
