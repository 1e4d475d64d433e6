"""What each image of the training set is, saved with the run."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from project.replacing import write_text


class ManifestRow(NamedTuple):
    """One image of the training set.

    Attributes:
        kind: ``original``, a DA kind, or ``skipped`` (a corrupt file that is not in the set).
        source: name of the image it is or was made from, or the noise it was drawn with.
        parameters: the DA kind's settings, as JSON.
    """

    kind: str
    source: str
    parameters: str


def write_manifest(rows: Sequence[ManifestRow], folder: Path) -> None:
    """Writes ``manifest.csv``: index in the training set, kind, source, parameters."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["index", *ManifestRow._fields])
    for index, row in enumerate(rows):
        writer.writerow(["" if row.kind == "skipped" else index, *row])
    write_text(folder / "manifest.csv", text.getvalue())
