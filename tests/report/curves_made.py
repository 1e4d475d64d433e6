"""Studies in memory whose curves lie in run folders: FID at each scoring, by condition and seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from made_studies import made_runs
from run_folders import BACKBONE

from project.report.comparisons import Study, arrange

FID = ("scores", BACKBONE, "fid")
BATCH = 10  # images


def study_with_curves(
    folder: Path,
    curves: Mapping[str, Sequence[Mapping[int, float]]],
    columns: Mapping[str, float] | None = None,
) -> Study:
    """Makes a study of 60 originals.

    Args:
        folder: where the runs lie.
        curves: by condition, for each seed: FID by epoch.
        columns: other scores, by name: their multiple of FID.

    Returns:
        The study, its runs ``kimg=`` runs: their conditions may have trained unequal epochs.
    """
    names = {"fid": 1.0, **(columns or {})}
    runs = []
    ends = {label: [curve[max(curve)] for curve in seeds] for label, seeds in curves.items()}
    for run in made_runs("CelebA", ends):
        label, seed = run.name.split(" ", 1)[1].rsplit(" ", 1)
        curve = curves[label][int(seed)]
        size = 60 + (0 if label == "none" else 120 if label.endswith("x2") else 60)
        head = ",".join(f"scores/{BACKBONE}/{name}" for name in names)
        lines = [f"batch,epoch,images,{head}", f"{size // BATCH},0,{size}"]
        for epoch, fid in curve.items():
            scores = ",".join(str(fid * times) for times in names.values())
            lines.append(f"{epoch * size // BATCH},{epoch - 1},,{scores}")
        place = folder / run.name
        place.mkdir()
        (place / "metrics.csv").write_text("\n".join(lines))
        end = curve[max(curve)]
        scores = {(*FID[:2], name): end * times for name, times in names.items()}
        config = {**run.config, "epochs": max(curve), "kimg": 1}
        runs.append(replace(run, folder=place, config=config, scores=scores))
    (study,) = arrange(runs)
    return study
