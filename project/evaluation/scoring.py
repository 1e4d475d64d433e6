"""Scores what `project.evaluate` has checked, and leaves tables, ``scores.json`` and pictures."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from project.callbacks.score_generator import wanted_classes
from project.cli.memory import keep_freed_memory
from project.errors import UserError
from project.evaluation.inputs import Checked, generated_pictures, real_pictures
from project.evaluation.tables import print_scores
from project.evaluation.wanted_class_report import WantedReport
from project.metrics.audit import TRUSTED, collapsed
from project.metrics.memorisation import verdict
from project.metrics.pictures import Pictures
from project.metrics.references import References, passed_by
from project.metrics.score_names import CAVEAT
from project.metrics.wanted_class import WantedClass
from project.replacing import write_text
from project.runs.best_checkpoint import require_best
from project.runs.grid import enlarged, save_png

PACKAGES = ("torch", "torchvision", "numpy", "scikit-learn")
READINGS = {"usual": "more is better", "study": f"less is better. {CAVEAT}"}


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
    keep_freed_memory()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    generated = generated_pictures(checked, device)
    training, held_out = real_pictures(checked)
    wanted = _wanted(checked)
    report = WantedReport([*wanted.known, *wanted.missing], checked.asked, checked.backbone)
    count = min(pictures.count for pictures in generated.values())
    references = _references(checked, training, held_out, count, device)
    real = {"training": training, **({"held_out": held_out} if held_out else {})}
    own, pairs = _look(checked, references, generated, real, report, device)
    folder = new_folder()
    for name, found in pairs.items():
        save_pairs(found, generated[name], training, folder / f"nearest_pairs_{name}.png")
    best = checked.config.weights is not None
    counts = {**{name: p.count for name, p in generated.items()}, **references.counts}
    result = {
        "images": str(checked.config.run or checked.config.images),
        "seed": checked.config.seed,
        "size": checked.size,
        "counts": counts,
        "real_images": training.count,
        **({"best": require_best(Path(str(checked.config.run)))[1].note} if best else {}),
        **_told(checked, own, references),
        "wanted_class": report.finish(folder),
    }
    write_text(folder / "scores.json", json.dumps(result, indent=2) + "\n")
    print_scores(
        {**own, **references.rows}, counts, checked.backbone.name, references.leak.accuracies
    )
    _print_words(references, own)
    print(report.say())
    return folder


def _references(
    checked: Checked,
    training: Pictures,
    held_out: Pictures | None,
    images: int,
    device: torch.device,
) -> References:
    return References(
        training=training,
        held_out=held_out,
        treatments=checked.treatments,
        network=checked.backbone.load(device),
        backbone=checked.backbone,
        measures=checked.measures,
        wanted=_wanted(checked),
        images=images,
        cache=Path(checked.config.paths.cache),
    )


def _look(
    checked: Checked,
    references: References,
    generated: Mapping[str, Pictures],
    real: Mapping[str, Pictures],
    report: WantedReport,
    device: torch.device,
) -> tuple[dict[str, dict[str, float]], dict[str, list[tuple[int, int]]]]:
    """Sends all images through the networks.

    Returns:
        Scores, and the pairs of generated and nearest training images, by generated set.
    """
    own: dict[str, dict[str, float]] = {}
    pairs: dict[str, list[tuple[int, int]]] = {}
    cache = Path(checked.config.paths.cache) / "features"
    other = None if report.backbone.name == checked.backbone.name else report.backbone.load(device)
    for name, pictures in {**generated, **real}.items():
        # One set after the other: the features of 50 000 images are 600 MB.
        passed = references.passed(pictures)
        if name in generated:
            own[name] = references.score(passed)
            pairs[name] = references.memorisation.nearest_pairs(
                passed.features, checked.config.pairs
            )
        if other is not None:
            passed = passed_by(pictures, other, report.backbone, cache)
        report.add(name, passed.logits)
    return own, pairs


def _told(
    checked: Checked, own: Mapping[str, Mapping[str, float]], references: References
) -> dict[str, Any]:
    backbone = checked.backbone
    return {
        "backbone": backbone.name,
        "weights_hash": backbone.weights_hash,
        "settings": checked.measures.settings,
        "scores": {backbone.name: own},
        "references": {backbone.name: references.rows},
        "leak_accuracy": references.leak.accuracies,
        "copies_among_real_images": references.memorisation.copies,
        "flags": {name: flag for name, scores in own.items() if (flag := collapsed(scores))},
        "memorisation": {name: verdict(scores) for name, scores in own.items()},
        "inception_score_readings": READINGS,
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
    }


def _wanted(checked: Checked) -> WantedClass:
    wanted = checked.config.wanted_class
    if wanted == "auto" and checked.run is not None:
        wanted = checked.run.get("wanted_class", "auto")
    return wanted_classes(wanted, checked.source, checked.backbone)


def _print_words(references: References, own: Mapping[str, Mapping[str, float]]) -> None:
    for name, scores in own.items():
        print(f"memorisation, {name}: {verdict(scores)}")
        if flag := collapsed(scores):
            print(f"{name}: {flag}")
    if references.memorisation.copies:
        print(f"{references.memorisation.copies} real images are copies of other real images.")
    blind = [kind for kind, a in references.leak.accuracies.items() if a < TRUSTED]
    if blind:
        print(
            f"leak: {', '.join(blind)} cannot be told from untreated images here (accuracy below "
            f"{TRUSTED} on real images kept from the classifier): its share says nothing."
        )


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
