"""Pictures inside a page: charts, and the grids of generated images that runs left."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from project.report.comparisons import Row, Study
from project.report.runs import Run

GRID = re.compile(r"epoch_(\d+)\.png")
WIDEST = 640  # pixels
MOST_PIXELS = 50_000_000
QUALITY = 88


@dataclass(frozen=True)
class Grid:
    """Generated images of one condition."""

    label: str
    epoch: int
    seed: int | None
    uri: str


def data_uri(content: bytes, kind: str = "png") -> str:
    """Returns a picture as an address that holds it."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def last_grid(run: Run) -> tuple[int, Path] | None:
    """Returns epoch and path of a run's last grid of G's images."""
    folder = run.folder / "grids"
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [(int(m[1]), path) for path in paths if (m := GRID.fullmatch(path.name))]
    return max(found, default=None)


def grids_of(study: Study) -> list[Grid]:
    """Returns one grid for each condition: G's images from the same z, of the same seed."""
    wanted = _shared_seed(study.rows)
    grids = []
    for row in study.rows:
        runs = sorted(
            (run for run in row.runs if run.counts), key=lambda run: (run.seed != wanted, run.name)
        )
        for run in runs:
            found = last_grid(run)
            uri = embed(found[1]) if found else None
            if found and uri:
                grids.append(Grid(row.condition.label, found[0], run.seed, uri))
                break
    return grids


def _shared_seed(rows: Sequence[Row]) -> int | None:
    seeds = [{run.seed for run in row.runs if run.counts} for row in rows]
    shared = set.intersection(*seeds) - {None} if seeds else set()
    return min((seed for seed in shared if seed is not None), default=None)


def embed(path: Path) -> str | None:
    """Decodes a picture and encodes it anew, small; None where it is none."""
    try:
        with Image.open(path, formats=["PNG"]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            picture = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    picture.thumbnail((WIDEST, WIDEST))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return data_uri(file.getvalue(), "jpeg")
