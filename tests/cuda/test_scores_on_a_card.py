"""Scores on a CUDA device against those of the CPU."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from shipped_backbones import shipped
from torch import Tensor
from torch.nn.functional import avg_pool2d

from project.backbones.efficientnet_lite0 import EfficientNetLite0
from project.backbones.frozen_network import FrozenNetwork
from project.cli.compose import load_config
from project.metrics.measures import Measures
from project.metrics.memorisation import Memorisation
from project.metrics.pictures import Pictures
from project.metrics.references import References
from project.metrics.score_images import Passed, collect
from project.metrics.wanted_class import WantedClass
from project.runs.preflight import check

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.filterwarnings("default"),
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
MEASURES = Measures(splits=[1, 10], neighbours=5, kid_images=10000, seed=0, more={})
SETS = 5  # of generated images, over which a score spreads


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Tensor:
    """Drawn faces; all but the first 500 are spoilt, as a generator's are."""
    cache = tmp_path_factory.mktemp("cache")
    words = ["experiment=da_faces", "n=3000", "data.total=3000", f"paths.cache={cache}"]
    images = torch.from_numpy(check(load_config("config", words)).source.load().images)
    spoilt = avg_pool2d(images[500:].float(), 3, 1, 1).mul(0.9).byte()
    return torch.cat([images[:500], spoilt])


@pytest.fixture(scope="module")
def networks() -> Mapping[str, FrozenNetwork]:
    lite = EfficientNetLite0(**shipped("efficientnet_lite0"))
    return {device: lite.load(device) for device in ("cpu", "cuda")}


def test_the_same_features_give_the_same_scores(
    faces: Tensor, networks: Mapping[str, FrozenNetwork]
) -> None:
    real, generated = (collect(faces[i : i + 500].split(100), networks["cuda"]) for i in (0, 500))
    found = []
    for device in ("cpu", "cuda"):
        there = generated._replace(features=generated.features.to(device))
        features = real.features.to(device)
        scores = MEASURES.score(there, MEASURES.real(features))
        found.append(scores | Memorisation(features, None).scores(there.features))
    assert found[1] == pytest.approx(found[0], rel=1e-6, abs=1e-9)


def test_tf32_moves_scores_by_less_than_a_tenth_of_their_spread(
    faces: Tensor, networks: Mapping[str, FrozenNetwork]
) -> None:
    scores: dict[str, list[dict[str, float]]] = {}
    for device, network in networks.items():
        real = MEASURES.real(collect(faces[:500].split(100), network).features)
        sets = [faces[500 * i : 500 * (i + 1)] for i in range(1, SETS + 1)]
        scores[device] = [MEASURES.score(collect(s.split(100), network), real) for s in sets]
    for name in ("fid", "kid", "inception_score"):
        rows = {
            device: torch.tensor([row[name] for row in found], dtype=torch.float64)
            for device, found in scores.items()
        }
        moved, spread = float((rows["cuda"] - rows["cpu"]).mean()), float(rows["cpu"].std())
        print(f"{name}: {float(rows['cpu'].mean()):.5g}, moved by {moved:.2g} of {spread:.2g}")
        assert abs(moved) < 0.1 * spread


def test_a_scoring_of_1000_images_takes_3_seconds(
    faces: Tensor, networks: Mapping[str, FrozenNetwork], tmp_path: Path
) -> None:
    made: Any = {
        "training": Pictures.of(faces[:1000].numpy(), 100),
        "held_out": Pictures.of(faces[2000:].numpy(), 100),
        "treatments": {},
        "network": networks["cuda"],
        "backbone": EfficientNetLite0(**shipped("efficientnet_lite0")),
        "measures": MEASURES,
        "wanted": WantedClass((), strict=True, imagenet=True),
        "images": 1000,
        "cache": tmp_path,
    }
    references = References(**made)
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        passed: Passed = collect(faces[1000:2000].split(100), networks["cuda"])
        references.score(passed)
        seconds.append(time.perf_counter() - begun)
    print(f"a scoring of 1000 images: {', '.join(f'{s:.2f}' for s in seconds)} s")
    assert min(seconds) <= 3
