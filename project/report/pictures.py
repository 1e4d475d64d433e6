"""Pictures inside a page: the grids of generated and of real images that runs left."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from project.report.comparisons import Row, Study
from project.report.runs import Run
from project.runs.grid import GAP, LEAST_SIDE

GRID = re.compile(r"epoch_(\d+)\.png")
REAL = "real.png"
WIDEST = 640  # pixels
MOST_PIXELS = 50_000_000
QUALITY = 70


@dataclass(frozen=True)
class Grid:
    """Images of one condition, or real ones.

    Args:
        label: whose.
        about: epoch and seed; empty for real images.
        uri: the picture.
        width: of the picture, in pixels.
        height: of it.
        row: height of its first row of images.
    """

    label: str
    about: str
    uri: str
    width: int
    height: int
    row: int


def grids_of(study: Study) -> list[Grid]:
    """Returns real images, and one grid for each condition: from the same z, of the same seed."""
    wanted = _shared_seed(study.rows)
    real: list[Grid] = []
    grids = []
    for row in study.rows:
        runs = sorted(
            (run for run in row.runs if run.counts), key=lambda run: (run.seed != wanted, run.name)
        )
        real = real or [grid for run in runs if (grid := _real(run))][:1]
        grids += [grid for run in runs if (grid := _last(run, row.condition.label))][:1]
    return [*real, *grids]


def _real(run: Run) -> Grid | None:
    return embed(run, run.folder / "grids" / REAL, "real images", "")


def _last(run: Run, label: str) -> Grid | None:
    folder = run.folder / "grids"
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [(int(m[1]), path) for path in paths if (m := GRID.fullmatch(path.name))]
    if not found:
        return None
    epoch, path = max(found)
    return embed(run, path, label, f"epoch {epoch}, seed {run.seed}")


def _shared_seed(rows: Sequence[Row]) -> int | None:
    seeds = [{run.seed for run in row.runs if run.counts} for row in rows]
    shared = set.intersection(*seeds) - {None} if seeds else set()
    return min((seed for seed in shared if seed is not None), default=None)


def embed(run: Run, path: Path, label: str, about: str) -> Grid | None:
    """Decodes a picture and encodes it anew, small; None where it is none."""
    try:
        with Image.open(path, formats=["PNG"]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            picture = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    row = next(_rows(run, picture.width), picture.height)
    scale = min(1, WIDEST / max(picture.size))
    picture.thumbnail((WIDEST, WIDEST))
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=QUALITY, method=6)
    uri = f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
    height = min(round(row * scale), picture.height)
    return Grid(label, about, uri, picture.width, picture.height, height)


def _rows(run: Run, width: int) -> Iterator[int]:
    """Yields the height of a grid's first row, where the run tells the size of its images."""
    size = run.config.get("size")
    if isinstance(size, int) and size > 0:
        side = size * max(1, LEAST_SIDE // size) + GAP
        if width > GAP and (width - GAP) % side == 0:
            yield side + GAP
