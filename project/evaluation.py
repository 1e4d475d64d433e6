"""Scores what `project.evaluate` has checked, and leaves tables, ``scores.json`` and pictures."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console

from project import run_folder
from project.callbacks.score_generator import wanted_classes
from project.errors import UserError
from project.evaluation_input import Checked, generated_pictures, real_pictures
from project.grid import enlarged, save_png
from project.metrics.memorisation import verdict
from project.metrics.pictures import Pictures
from project.metrics.references import References
from project.metrics.score_images import Passed
from project.metrics.wanted_class import top_classes
from project.score_table import CAVEAT, print_scores
from project.wanted_report import report_wanted

PACKAGES = ("torch", "torchvision", "numpy", "scikit-learn")
console = Console(stderr=True)


def evaluate(checked: Checked, new_folder: Callable[[], Path]) -> Path:
    """Scores, prints, writes.

    Args:
        checked: what is scored.
        new_folder: makes the folder, once there is something to put in it.

    Returns:
        The folder.

    Raises:
        UserError: images are unfit.
    """
    config = checked.config
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = checked.backbone.load(device)
    generated = generated_pictures(checked, device)
    training, held_out = real_pictures(checked)
    wanted = _wanted(checked)
    with console.status("Looking at the real images"):
        references = References(
            training=training,
            held_out=held_out,
            treatments=checked.treatments,
            network=network,
            backbone=checked.backbone,
            measures=checked.measures,
            wanted=wanted,
            images=min(pictures.count for pictures in generated.values()),
            cache=Path(config.paths.cache),
        )
    passes: dict[str, Passed] = {}
    with console.status("Looking at the images to be scored"):
        for name, pictures in generated.items():
            passes[name] = references.passed(pictures)
    own = {name: references.score(passed) for name, passed in passes.items()}
    rows = {**own, **references.rows}
    counts = {**{name: p.count for name, p in generated.items()}, **references.counts}
    verdicts = {name: verdict(scores) for name, scores in own.items()}
    result: dict[str, Any] = {
        "images": str(config.run or config.images),
        "backbone": checked.backbone.name,
        "weights_hash": checked.backbone.weights_hash,
        "settings": vars(checked.measures),
        "seed": config.seed,
        "size": checked.size,
        "counts": counts,
        "real_images": training.count,
        "scores": {checked.backbone.name: own},
        "references": {checked.backbone.name: references.rows},
        "leak_accuracy": references.leak.accuracies,
        "memorisation": verdicts,
        "inception_score_readings": {
            "usual": "more is better",
            "study": f"less is better. {CAVEAT}",
        },
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
    }
    if checked.backbone.imagenet:
        result["top_classes"] = {name: top_classes(p.logits, 10) for name, p in passes.items()}
    folder = new_folder()
    sets = {**generated, "training": training} | ({"held_out": held_out} if held_out else {})
    report = report_wanted(checked, wanted, sets, references, device, folder)
    result["wanted_class"] = report
    for name, passed in passes.items():
        pairs = references.memorisation.nearest_pairs(passed.features, config.pairs)
        save_pairs(pairs, generated[name], training, folder / f"nearest_pairs_{name}.png")
    run_folder.write_text(folder / "scores.json", json.dumps(result, indent=2) + "\n")
    print_scores(rows, counts, checked.backbone.name)
    _print_words(references, verdicts, report)
    return folder


def _wanted(checked: Checked) -> Any:
    wanted = checked.config.wanted_class
    if wanted == "auto" and checked.run is not None:
        wanted = checked.run.get("wanted_class", "auto")
    return wanted_classes(wanted, checked.source, checked.backbone)


def _print_words(
    references: References, verdicts: Mapping[str, str], report: Mapping[str, Any]
) -> None:
    for name, said in verdicts.items():
        print(f"memorisation, {name}: {said}")
    known = ", ".join(f"{kind} {a:.3f}" for kind, a in references.leak.accuracies.items())
    if known:
        print(f"leak classifiers' balanced accuracy on real images kept from them: {known}")
    print(report["said"])


def save_pairs(
    pairs: list[tuple[int, int]], generated: Pictures, training: Pictures, path: Path
) -> None:
    """Saves images above the training images that they are nearest to, nearest first."""
    above = generated.pick([i for i, _ in pairs])
    below = training.pick([j for _, j in pairs])
    if above.shape != below.shape:
        raise UserError(
            f"Generated images are {above.shape[2]} and real ones {below.shape[2]} pixels wide: "
            "give size=<pixels>."
        )
    rows = [np.concatenate(list(enlarged(images)), axis=2) for images in (above, below)]
    save_png(np.concatenate(rows, axis=1).transpose(1, 2, 0), path)
