"""How probable the wanted class is, image by image, asked of ResNet-50 where it can be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console

from project.errors import UserError
from project.evaluation_input import Checked
from project.metrics.backbone import Backbone
from project.metrics.pictures import Pictures
from project.metrics.references import References, passed_by
from project.metrics.score_images import Passed
from project.metrics.wanted_class import WantedClass, top_classes

console = Console(stderr=True)
TOP = 10
BINS = 40


def report_wanted(
    checked: Checked,
    wanted: WantedClass,
    sets: Mapping[str, Pictures],
    references: References,
    device: torch.device,
    folder: Path,
) -> dict[str, Any]:
    """Reports the wanted classes for each set of images, with a histogram as a picture.

    Args:
        checked: the evaluation.
        wanted: the classes.
        sets: images by name.
        references: has the features by the evaluation's own backbone.
        device: where a second network runs.
        folder: of the picture.

    Returns:
        What stands under ``wanted_class`` in ``scores.json``; ``said`` is for the screen.
    """
    names = [*wanted.known, *wanted.missing]
    if not names:
        return {"said": wanted.explain()}
    backbone = first_to_be_had(checked.asked)
    asked = WantedClass(names, strict=False, imagenet=True)
    if not asked.known:
        return {"said": asked.explain(), "missing": asked.missing}
    with console.status(f"Asking {backbone.name} for {', '.join(asked.known)}"):
        network = None if backbone.name == checked.backbone.name else backbone.load(device)
        cache = Path(checked.config.paths.cache) / "features"
        passes: dict[str, Passed] = {
            name: references.passed(pictures)
            if network is None
            else passed_by(pictures, network, backbone, cache)
            for name, pictures in sets.items()
        }
    found = {name: asked.probabilities(passed.logits) for name, passed in passes.items()}
    values = {name: p.numpy() for name, p in found.items() if p is not None}
    _draw(values, f"{backbone.name}: {', '.join(asked.known)}", folder / "wanted_class.png")
    means = {name: float(p.mean()) for name, p in values.items()}
    return {
        "said": f"{asked.explain()} By {backbone.name}: "
        + ", ".join(f"{name} {mean:.3f}" for name, mean in means.items()),
        "backbone": backbone.name,
        "weights_hash": backbone.weights_hash,
        "classes": list(asked.known),
        "missing": asked.missing,
        "wanted_class_probability": means,
        "histogram": {
            name: np.histogram(p, bins=10, range=(0, 1))[0].tolist() for name, p in values.items()
        },
        "top_classes": {name: top_classes(passed.logits, TOP) for name, passed in passes.items()},
    }


def first_to_be_had(backbones: Sequence[Backbone]) -> Backbone:
    """Returns the first backbone whose weights can be had, saying why the others cannot.

    Raises:
        UserError: none can be had.
    """
    *wished, last = backbones
    for backbone in wished:
        try:
            backbone.check()
        except UserError as error:
            console.print(f"{last.name} is asked for the wanted class: {error}")
        else:
            return backbone
    last.check()
    return last


def _draw(values: Mapping[str, Any], title: str, path: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    edges = np.linspace(0, 1, BINS + 1).tolist()
    for name, p in values.items():
        label = f"{name} (mean {p.mean():.2f})"
        axes.hist(p, bins=edges, weights=np.full(len(p), 1 / len(p)), histtype="step", label=label)
    axes.set(xlabel="probability of the wanted class", ylabel="share of images", title=title)
    axes.legend()
    temporary = path.with_name(f".{path.name}.part")
    figure.savefig(temporary, format="png", dpi=120)
    temporary.replace(path)
