"""Makes images from any run folder: `python -m project.generate run=<folder> n=64`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from omegaconf import DictConfig

from project.cli.checks import check_kinds, check_settings
from project.cli.compose import load_config, plain
from project.cli.quoting import quote_paths
from project.cli.sentences import answer
from project.errors import UserError
from project.runs import run_folder
from project.runs.best_checkpoint import require_best
from project.runs.generating import check_asked, generate_images, walk_images

IN_GRID = 400  # images
HELP = """\
Makes images from a finished run.

  python -m project.generate run=<run folder> [n=64] [seed=0] [out=...]
                             [weights=generator|average|best] [walk=true | export=onnx|safetensors]

Writes n PNGs to <run folder>/generated, or to out=<folder>, and a grid of them beside it.
walk=true: the n images are a closed way through z, and stand beside it as a GIF and an MP4, too.
weights=best: of a run that was started with best=<score>, the luckiest of its scorings.
export=onnx: writes the generator's moving average, or weights=generator, for other programs.
"""


def main() -> None:
    """The command line."""
    if {"--help", "-h"} & set(sys.argv):
        print(HELP)
        return
    words = quote_paths(sys.argv[1:])
    config = load_config("generate", words)
    check_kinds("generate", config, words)
    check_settings(plain(config), nullable=())
    folder = Path(str(config.run))
    if config.export is not None:
        export(config, folder)
        return
    out = Path(str(config.out)) if config.out else run_folder.free(folder / "generated")
    run_folder.check_new(out)
    for beside in (grid_of(out), *walks_of(out)):
        run_folder.check_new(beside)
    run_folder.require(folder)
    tell_best(folder, config.weights)
    asked = {"count": config.n, "seed": config.seed, "weights": config.weights or "generator"}
    if config.walk:
        images = walk_images(folder, **asked, stops=config.stops)
    else:
        images = generate_images(folder, **asked)
    save(images, out)
    print(f"{len(images)} images: {out}\ngrid: {grid_of(out)}")
    if config.walk:
        save_walk(images, out, config.per_second)


def export(config: DictConfig, folder: Path) -> None:
    """Writes the generator for other programs."""
    # Late, as the images' own programs need none of it.
    from project.runs.export import export_generator

    run_folder.require(folder)
    weights = config.weights or "average"
    check_asked(config.n, weights)
    tell_best(folder, weights)
    out = Path(str(config.out)) if config.out else None
    print(
        f"{config.export}: {export_generator(folder, to=config.export, weights=weights, out=out)}"
    )


def tell_best(folder: Path, weights: str | None) -> None:
    """Says of weights that were chosen by their score what they are; else nothing."""
    if weights == "best":
        file, best = require_best(folder)
        print(f"best: {file.name}, {best.note}")


def save_walk(images: NDArray[np.uint8], out: Path, per_second: int) -> None:
    """Writes images as a GIF and an MP4 beside their folder, and says where."""
    from project.runs.grid import enlarged
    from project.runs.movie import NO_MP4, save_gif, save_mp4

    frames = enlarged(images)
    gif, mp4 = walks_of(out)
    save_gif(frames, gif, per_second)
    print(f"walk: {gif}")
    print(f"      {mp4}" if save_mp4(frames, mp4, per_second) else f"      {NO_MP4}")


def grid_of(out: Path) -> Path:
    """Returns where the grid goes: beside the folder, which then holds nothing but images."""
    return out.with_name(f"{out.name}_grid.png")


def walks_of(out: Path) -> list[Path]:
    """Returns where the walk goes: a GIF and an MP4 beside the folder."""
    return [out.with_name(f"{out.name}_walk.{kind}") for kind in ("gif", "mp4")]


def save(images: NDArray[np.uint8], out: Path) -> None:
    """Writes one PNG per image, and a grid of the first of them beside their folder."""
    from project.runs.grid import enlarged, save_grid, save_png

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"out={out} cannot be written to ({error.strerror}).") from error
    for i, image in enumerate(images):
        save_png(image.transpose(1, 2, 0), out / f"{i:05d}.png")
    save_grid(enlarged(images[:IN_GRID]), grid_of(out))


if __name__ == "__main__":
    answer(main, "generate")
