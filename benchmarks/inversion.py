"""Image-steps per second of the inversion, all images in one batch against one image at a time.

Ours is the whole path: config, Lightning, losses to CSV, progress bar; 10 digits x 16 images. The
other is the study's own loop: one image, unfused Adam, contiguous memory, and a classifier whose
weights still require gradients.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch.nn import functional as F

from benchmarks.alternate import Rounds, TakeTurns
from project import run
from project.cli.compose import load_config
from project.networks.classifiers import ClassifierConv, ClassifierLinear

PER_DIGIT = 16
NETWORKS = {"linear": ClassifierLinear, "conv": ClassifierConv}
TARGETS = {"linear": "15", "conv": "5"}


def plain_loop(name: str, steps: int) -> Callable[[], None]:
    """Returns ``steps`` steps of the loop that inverts one image."""
    network = NETWORKS[name](size=28, classes=10).eval()
    image = torch.rand(1, 1, 28, 28, requires_grad=True)
    adam = torch.optim.Adam([image], lr=5e-4, foreach=False, fused=False)
    wanted = torch.tensor([3])

    def some() -> None:
        for _ in range(steps):
            with torch.no_grad():
                image.clamp_(0, 1)
            loss = F.cross_entropy(network(image), wanted)
            right = (image[..., 1:] - image[..., :-1]).square().sum()
            down = (image[..., 1:, :] - image[..., :-1, :]).square().sum()
            loss = loss + 3e-4 * (right + down) + 3e-4 * (image * (1 - image)).sum()
            adam.zero_grad()
            loss.backward()
            adam.step()

    return some


def write_classifier(name: str, folder: Path) -> Path:
    """Leaves an untrained classifier as a run would: speed does not depend on its weights."""
    words = ["experiment=digit_classifier", f"network=classifier_{name}", "data=digits"]
    words += ["epochs=1", "trainer=cpu", "trainer.limit_train_batches=1", "logger=none"]
    words += [f"paths.outputs={folder}"]
    # Its score table is not what this is about.
    with contextlib.redirect_stdout(io.StringIO()):
        return run.run(load_config("config", words), words, folder / "digit_classifier", name)


def measure(name: str, bf16: bool, turns: int, block: int, theirs: int) -> Rounds:
    """Alternates ``block`` of our steps with a few of theirs, each as seconds per image-step."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        classifier = write_classifier(name, folder)
        words = [
            "experiment=classifier_inversion",
            "data=digits",
            f"network=classifier_{name}",
            f"n_per_digit={PER_DIGIT}",
            f"classifier={classifier}",
            "epochs=1",
            f"steps_per_epoch={(turns + 1) * block}",
            "trainer=cpu",
            f"trainer.precision={'bf16-mixed' if bf16 else '32-true'}",
            "logger=csv",
            "~callbacks.score",
            f"paths.outputs={folder}",
        ]
        config = load_config("config", words)
        parts = run.build(config, run.check(config), {"classifier": classifier})
        take_turns = TakeTurns(plain_loop(name, theirs), block, warm_up=1)
        callbacks = [*parts.callbacks, take_turns]
        run.fit(config, run.Parts(parts.module, parts.datamodule, callbacks), folder)
    images = 10 * PER_DIGIT
    rounds = take_turns.rounds
    return Rounds(
        ours=[seconds / images for seconds in rounds.ours],
        theirs=[seconds / theirs for seconds in rounds.theirs],
    )


def rows(turns: int = 6, block: int = 20, theirs: int = 10) -> list[tuple[str, ...]]:
    """Measures all."""
    found = []
    for name in NETWORKS:
        for bf16 in (False, True):
            title = f"inversion, {name}, {'bf16' if bf16 else 'fp32'}"
            rounds = measure(name, bf16, turns, block, theirs)
            target = "-" if bf16 else TARGETS[name]
            found.append(rounds.row(title, "image-steps", target))
    return found
