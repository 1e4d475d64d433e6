"""How probable the wanted class is, image by image, asked of ResNet-50 where it can be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from torch import Tensor

from project.backbones.backbone import Backbone
from project.errors import UserError
from project.metrics.wanted_class import WantedClass, top_classes
from project.replacing import replacing

console = Console(stderr=True)
TOP = 10
BINS = 40


class WantedReport:
    """Gathers the wanted classes' probabilities in sets of images.

    Args:
        names: the wanted classes; empty for none.
        backbones: networks to be asked, the first that can be had.
        own: the backbone of the other scores, whose logits serve where no class is wanted.
    """

    def __init__(self, names: Sequence[str], backbones: Sequence[Backbone], own: Backbone) -> None:
        asked = WantedClass(names, strict=False, imagenet=True)
        self.backbone = first_to_be_had(backbones) if asked.known else own
        self.asked = (
            asked if self.backbone.imagenet else WantedClass((), strict=False, imagenet=False)
        )
        self.probabilities: dict[str, NDArray[np.float64]] = {}
        self.top: dict[str, list[tuple[str, float]]] = {}

    def add(self, name: str, logits: Tensor) -> None:
        """Adds the images of the set ``name``, by the backbone's logits ``N x K``."""
        found = self.asked.probabilities(logits)
        if found is not None:
            self.probabilities[name] = found.numpy()
        if self.backbone.imagenet:
            self.top[name] = top_classes(logits, TOP)

    def finish(self, folder: Path) -> dict[str, Any]:
        """Returns what stands in ``scores.json``, and saves the histogram ``wanted_class.png``."""
        means = {name: float(p.mean()) for name, p in self.probabilities.items()}
        if means:
            title = f"{self.backbone.name}: {', '.join(self.asked.known)}"
            _draw(self.probabilities, title, folder / "wanted_class.png")
        return {
            "backbone": self.backbone.name,
            "weights_hash": self.backbone.weights_hash,
            "classes": list(self.asked.known),
            "missing": self.asked.missing,
            "wanted_class_probability": means,
            "histogram": {
                name: np.histogram(p, bins=10, range=(0, 1))[0].tolist()
                for name, p in self.probabilities.items()
            },
            "top_classes": self.top,
        }

    def say(self) -> str:
        """Says what was wanted and how probable it is, set by set."""
        lines = [self.asked.explain()]
        for name, p in self.probabilities.items():
            lines.append(f"  {name}: {p.mean():.3f} on average by {self.backbone.name}")
        for name, classes in self.top.items():
            shown = ", ".join(f"{title} {share:.2f}" for title, share in classes[:4])
            lines.append(f"  {name}: mostly {shown}")
        return "\n".join(lines)


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
            console.print(f"{last.name} is asked for the wanted class: {error}", markup=False)
        else:
            return backbone
    last.check()
    return last


def _draw(values: Mapping[str, NDArray[np.float64]], title: str, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    edges = np.linspace(0, 1, BINS + 1).tolist()
    for name, p in values.items():
        label = f"{name} (mean {p.mean():.2f})"
        axes.hist(p, bins=edges, weights=np.full(len(p), 1 / len(p)), histtype="step", label=label)
    axes.set(xlabel="probability of the wanted class", ylabel="share of images", title=title)
    axes.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
