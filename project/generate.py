"""Makes images from any run folder: `python -m project.generate run=<folder> n=64`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from project.cli.checks import check_settings
from project.cli.compose import load_config, plain
from project.cli.quoting import quote_paths
from project.cli.sentences import answer
from project.errors import UserError
from project.runs import run_folder
from project.runs.generating import generate_images

HELP = """\
Makes images from a finished run.

  python -m project.generate run=<run folder> [n=64] [seed=0] [weights=generator|average] [out=...]

Writes n PNGs to <run folder>/generated, or to out=<folder>, and a grid of them beside it.
"""


def main() -> None:
    """The command line."""
    if {"--help", "-h"} & set(sys.argv):
        print(HELP)
        return
    config = load_config("generate", quote_paths(sys.argv[1:]))
    check_settings(plain(config), nullable=())
    folder = Path(str(config.run))
    out = Path(str(config.out)) if config.out else run_folder.free(folder / "generated")
    run_folder.check_new(out)
    run_folder.check_new(grid_of(out))
    run_folder.require(folder)
    images = generate_images(folder, count=config.n, seed=config.seed, weights=config.weights)
    save(images, out)
    print(f"{len(images)} images: {out}\ngrid: {grid_of(out)}")


def grid_of(out: Path) -> Path:
    """Returns where the grid goes: beside the folder, which then holds nothing but images."""
    return out.with_name(f"{out.name}_grid.png")


def save(images: NDArray[np.uint8], out: Path) -> None:
    """Writes one PNG per image, and a grid of them beside their folder."""
    from project.runs.grid import enlarged, save_grid, save_png

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"out={out} cannot be written to ({error.strerror}).") from error
    for i, image in enumerate(images):
        save_png(image.transpose(1, 2, 0), out / f"{i:05d}.png")
    save_grid(enlarged(images), grid_of(out))


if __name__ == "__main__":
    answer(main, "generate")
