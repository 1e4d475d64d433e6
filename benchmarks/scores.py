"""All measures against the forward pass alone, against torch-fidelity, and in memory."""

from __future__ import annotations

import contextlib
import io
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from hydra.utils import instantiate
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from project.backbones.backbone import Backbone
from project.backbones.frozen_network import FrozenNetwork
from project.backbones.inception_v3_network import _Architecture
from project.cli.compose import load_config
from project.metrics.leak import LeakDetector
from project.metrics.measures import Measures
from project.metrics.memorisation import Memorisation
from project.metrics.score_images import Passed, collect
from project.metrics.wanted_class import WantedClass

IMAGES, SIZE, MANY = 1000, 64, 50_000


def random_images(count: int, seed: int) -> Tensor:
    """Smooth random images, uint8."""
    g = torch.Generator().manual_seed(seed)
    coarse = torch.randint(0, 256, (count, 3, 8, 8), generator=g, dtype=torch.uint8)
    return nn.functional.interpolate(coarse, size=(SIZE, SIZE), mode="bilinear")


def save_random_inception(path: Path) -> Path:
    """Saves Inception v3 with random weights: the time does not depend on them."""
    with torch.device("meta"):
        names = _Architecture().state_dict()
    torch.manual_seed(0)
    state = {}
    for name, like in names.items():
        if like.ndim > 1:
            state[name] = torch.randn(like.shape) * (2 / like[0].numel()) ** 0.5
        elif name.endswith(("running_var", "bn.weight")):
            state[name] = torch.ones(like.shape)
        else:
            state[name] = torch.zeros(like.shape, dtype=like.dtype)
    torch.save(state, path)
    return path


def shipped(words: list[str]) -> tuple[Backbone, Measures]:
    config = load_config("evaluate", words)
    return instantiate(config.backbone), instantiate(config.metrics)


class Everything:
    """All measures and the audit, whose classifiers are trained once for a run."""

    def __init__(self, measures: Measures, real: Passed) -> None:
        self.measures = measures
        self.real = real.features
        self.leak = LeakDetector(real, {"shifted": real._replace(features=real.features + 1)})
        self.wanted = WantedClass((), strict=True, imagenet=True)

    def score(self, passed: Passed) -> dict[str, float]:
        """Scores, with all that depends on the real features computed anew."""
        return (
            self.measures.score(passed, self.measures.real(self.real))
            | Memorisation(self.real, None).scores(passed.features)
            | self.leak.scores(passed)
            | self.wanted.scores(passed.logits)
        )


def against_the_pass(words: list[str], name: str, turns: int) -> tuple[str, ...]:
    """Scores 1000 images, and times the part that is the network's."""
    backbone, measures = shipped(words)
    network = backbone.load("cpu")
    images = random_images(IMAGES, 0)
    every = Everything(measures, collect(random_images(IMAGES, 1).split(100), network))
    passing, scoring = [], []
    for _ in range(turns):
        begun = time.perf_counter()
        passed = collect(images.split(100), network)
        middle = time.perf_counter()
        every.score(passed)
        passing.append(middle - begun)
        scoring.append(time.perf_counter() - middle)
    ratios = sorted((p + s) / p for p, s in zip(passing, scoring, strict=True))
    return (
        f"all measures, {name}",
        f"{statistics.median(passing) + statistics.median(scoring):.1f} s",
        f"{statistics.median(passing):.1f} s the pass alone",
        f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        "at most 1.15",
    )


def against_torch_fidelity(weights: Path) -> tuple[str, ...]:
    """Images and real images through both, the real ones uncached; one round: it takes minutes."""
    from torch_fidelity import calculate_metrics

    generated, real = random_images(IMAGES, 0), random_images(IMAGES, 1)
    begun = time.perf_counter()
    backbone, measures = shipped(["backbone=inception_v3", f"backbone.weights={weights}"])
    network = backbone.load("cpu")
    passed = [collect(images.split(100), network) for images in (generated, real)]
    ours = measures.score(passed[0], measures.real(passed[1].features))
    middle = time.perf_counter()
    theirs: dict[str, float] = {}
    for measure in ("isc", "fid", "kid", "prc"):
        with contextlib.redirect_stderr(io.StringIO()):
            theirs |= calculate_metrics(
                input1=Images(generated),
                input2=Images(real),
                cuda=False,
                batch_size=16,
                # Its own choice for PRC is a VGG16, which would be slower still.
                feature_extractor="inception-v3-compat",
                feature_extractor_weights_path=str(weights),
                verbose=False,
                kid_subset_size=min(IMAGES, 1000),
                **{measure: True},
            )
    end = time.perf_counter()
    print(f"FID {ours['fid']:.6g}, torch-fidelity {theirs['frechet_inception_distance']:.6g}")
    print(f"KID {ours['kid']:.6g}, {theirs['kernel_inception_distance_mean']:.6g}")
    return (
        "all measures, inception_v3",
        f"{middle - begun:.0f} s",
        f"{end - middle:.0f} s IS, FID, KID, PRC by torch-fidelity",
        f"{(end - middle) / (middle - begun):.2f}",
        "at least 2",
    )


class Images(TensorDataset):
    """As torch-fidelity wants them: an image is no tuple."""

    def __getitem__(self, index: int) -> Tensor:
        image: Tensor = super().__getitem__(index)[0]
        return image


class Stand(FrozenNetwork):
    """As many features and logits as Inception v3 gives, from a network that takes no time."""

    def __init__(self) -> None:
        super().__init__(batch_size=16)
        torch.manual_seed(0)
        self.features = nn.Linear(192, 2048)
        self.logits = nn.Linear(2048, 1008)
        self.requires_grad_(False)

    def extract(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Maps ``n x 3 x H x W`` uint8 to ``n x 2048`` and ``n x 1008``."""
        small = nn.functional.adaptive_avg_pool2d(images.float() / 255, 8).flatten(1)
        features = self.features(small).relu()
        return features, self.logits(features)


def score_many() -> None:
    """Scores 50 000 images that are made as they are looked at, and says what memory it took."""
    network = Stand()
    _, measures = shipped([])
    every = Everything(measures, collect(random_images(IMAGES, 1).split(100), network))
    every.score(collect(random_images(100, 2).split(100), network))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def batches() -> Iterator[Tensor]:
        for i in range(MANY // 100):
            yield random_images(100, 10 + i)

    every.score(collect(batches(), network))
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**20)


def memory() -> tuple[str, ...]:
    """Measures the growth of a process of its own, beyond the model and 1000 real images."""
    code = "from benchmarks.scores import score_many; score_many()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    grown = float(done.stdout.split()[-1])
    return (f"memory, {MANY} images", f"{grown:.2f} GiB", "", "", "at most 2 GiB")


def rows(turns: int = 3) -> list[tuple[str, ...]]:
    """Measures all."""
    with tempfile.TemporaryDirectory() as temporary:
        weights = save_random_inception(Path(temporary) / "random.pth")
        named = ["backbone=inception_v3", f"backbone.weights={weights}"]
        return [
            against_the_pass(["backbone=efficientnet_lite0"], "efficientnet_lite0", turns),
            against_the_pass(named, "inception_v3", turns),
            against_torch_fidelity(weights),
            memory(),
        ]
