"""Generated faces sorted by how surely they have both features; walks between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from lightning import Callback, LightningModule, Trainer
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from project.callbacks.watched import Generates
from project.errors import UserError
from project.metrics.attribute_judges import AttributeJudge, Judges
from project.modules.walk import walk
from project.runs.grid import GAP, enlarged, save_grid, save_png

CAPTION = 14  # pixels below an image


@runtime_checkable
class Generator(Generates, Protocol):
    """A module that makes images from z."""

    latent: int


class FeaturePictures(Callback):
    """Saves three pictures of the final G: sorted, walks, and beside other runs (Study B).

    ``sorted.png`` has the images in the order of P(both), P(feature 1) and P(feature 2) under
    each; ``walks.png`` goes from one z to another in each row; ``same_z.png`` has a row for each
    run of ``compare``, for D_1's and D_2's, and for this one, the same z in each column.

    Args:
        looking: the classifier that sorts, by its run's name.
        images: how many are sorted.
        columns: of walks and of runs beside each other.
        rows: of walks.
        compare: run folders of other GANs with as long a z.
        seed: of the noise.
        judges: modules of the attribute classifiers, by name.
        networks: modules of D_1 and D_2; those that have a generator get a row.
        load_generator: run folder -> its module.
        module: what is trained.

    Raises:
        UserError: a run of ``compare`` has no generator, or one of another z or size.
    """

    def __init__(
        self,
        *,
        looking: str,
        images: int,
        columns: int,
        rows: int,
        compare: Sequence[str],
        seed: int,
        judges: Mapping[str, Judges],
        networks: Mapping[str, object],
        load_generator: Callable[[Path], object],
        module: Generator,
    ) -> None:
        nobody = torch.zeros(0, 3, 1, 1, dtype=torch.uint8)
        self.judge = AttributeJudge.of(judges, looking, nobody)
        self.module = module
        self.images = images
        self.columns = columns
        self.rows = rows
        self.seed = seed
        able = {name: one for name, one in networks.items() if isinstance(one, Generator)}
        self.others = [(name, checked(one, name, module)) for name, one in able.items()]
        for folder in map(Path, compare):
            other = checked(load_generator(folder), f"compare={folder}", module)
            self.others.append((folder.name, other))

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Draws the pictures."""
        if not trainer.is_global_zero:
            return
        module = self.module
        folder = Path(trainer.default_root_dir) / "grids"
        folder.mkdir(exist_ok=True)
        images = generated(module, module.sample_sources(self.images, self.seed))
        chances = self.judge.probabilities(images)
        order = chances.prod(1).argsort(descending=True, stable=True)
        captions = [f"{p:.2f} {q:.2f}" for p, q in chances[order].tolist()]
        save_grid(captioned(images[order].numpy(), captions), folder / "sorted.png")

        ends = module.sample_sources(2 * self.rows, self.seed + 1)
        starts, goals = ends[: self.rows], ends[self.rows :]
        walks = [walk(a, b, self.columns) for a, b in zip(starts, goals, strict=True)]
        along = generated(module, torch.cat(walks)).numpy()
        save_rows(along, self.columns, folder / "walks.png")

        z = module.sample_sources(self.columns, self.seed)
        everyone = [*(other for _, other in self.others), module]
        beside = torch.cat([generated(one, z) for one in everyone])
        save_rows(beside.numpy(), self.columns, folder / "same_z.png")

    def result(self) -> dict[str, Any]:
        """Which runs the rows of ``same_z.png`` are."""
        return {"same_z": [*(name for name, _ in self.others), "this run"]}


def checked(other: object, written: str, module: Generator) -> Generator:
    """Returns a module whose images can stand beside another's.

    Args:
        other: the module.
        written: how the user named it.
        module: that z is drawn for.

    Raises:
        UserError: it has another z or size.
    """
    if not isinstance(other, Generator) or other.latent != module.latent:
        raise UserError(
            f"{written} does not make images from a z of {module.latent} numbers. Name runs "
            "of two_feature_single, two_feature_alternation and such, with the same network."
        )
    z = module.sample_sources(1, 0)
    theirs, ours = (generated(one, z).shape for one in (other, module))
    if theirs != ours:
        raise UserError(
            f"{written} makes images of {theirs[-1]} pixels, but this run has "
            f"size={ours[-1]}. Name runs of the same size."
        )
    return other


def generated(module: Generator, sources: Tensor) -> Tensor:
    """Returns the moving average's images, uint8, on the CPU."""
    return torch.cat(list(module.generate(sources, "average", 100))).cpu()


def captioned(images: NDArray[np.uint8], captions: Sequence[str]) -> NDArray[np.uint8]:
    """Enlarges ``N x 3 x H x W`` images where they are small, and writes a line under each."""
    large = enlarged(images)
    count, channels, height, width = large.shape
    font = ImageFont.load_default(10)
    framed = np.full((count, channels, height + CAPTION, width), 255, np.uint8)
    framed[:, :, :height] = large
    for one, caption in zip(framed, captions, strict=True):
        strip = Image.new("L", (width, CAPTION), 255)
        ImageDraw.Draw(strip).text((width / 2, 1), caption, fill=0, anchor="ma", font=font)
        one[:, height:] = np.asarray(strip)
    return framed


def save_rows(images: NDArray[np.uint8], columns: int, path: Path) -> None:
    """Saves ``N x 3 x H x W`` images as one PNG with so many in a row."""
    gap = ((0, 0), (0, 0), (0, GAP), (0, GAP))
    framed = np.pad(enlarged(images), gap, constant_values=255).transpose(0, 2, 3, 1)
    rows = [np.concatenate(list(row), axis=1) for row in np.split(framed, len(framed) // columns)]
    save_png(np.concatenate(rows, axis=0), path)
