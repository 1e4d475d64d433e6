"""A folder of one's own options, and the class that one of them names."""

from __future__ import annotations

from pathlib import Path

DIM = """
import torch
from project.da.kind import Transform


class Dim(Transform):
    def __init__(self, *, factor):
        self.factor = factor

    def parameters(self, count, rng):
        return {"factor": torch.full((count,), self.factor)}

    def apply(self, images, parameters):
        return images * self.factor
"""
OPTIONS = {
    "da/dim": "# darker\nkinds:\n  dim: {_target_: my_kinds.Dim, factor: 0.5}\n",
    "experiment/mine": (
        "# @package _global_\n# A, darker\n"
        "defaults:\n  - da_faces\n  - override /da: dim\nn: 64\nsize: 32\n"
    ),
}


def write_options(folder: Path) -> Path:
    """Writes ``my_kinds.py`` and, in ``mine/``, the options."""
    (folder / "my_kinds.py").write_text(DIM)
    for name, text in OPTIONS.items():
        file = folder / "mine" / f"{name}.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    return folder / "mine"
