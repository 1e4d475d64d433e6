"""The measure that decides: chosen before anything is looked at, and named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from project.metrics.score_names import known
from project.report.comparisons import Row, Study
from project.report.runs import ScoreKey, inner
from project.report.score_names import rounded

# In this order, lower being better in each: images that were not trained on cannot be learned by
# heart.
FIRST = ("fid_held_out", "fid", "kid_held_out", "kid")
BESIDE = {"fid_held_out": "kid_held_out", "fid": "kid"}
# Of the moving average, which scatters less from scoring to scoring, where it was scored.
WEIGHTS = ("scores_average", "scores")
WHOSE = {"scores_average": "the generator's moving average", "scores": "the generator itself"}


@dataclass(frozen=True)
class Measure:
    """What conditions are compared by.

    Args:
        key: of the score.
        beside: of the one that is shown beside it; None where there is none.
        real: what real images score by it; NaN where nothing tells.
        about: what it is, whose images were scored, and its bias, in sentences.
    """

    key: ScoreKey
    beside: ScoreKey | None
    real: float
    about: str

    @property
    def short(self) -> str:
        """Its name within a sentence."""
        held_out = "held-out " if self.key[2].endswith("_held_out") else ""
        return f"{held_out}{known(self.key[2].removesuffix('_held_out')).title}"


def deciding(study: Study) -> Measure | None:
    """Names the measure that decides a study: FID to held-out images where there are some.

    Returns:
        None where no run has any of ``FIRST``.
    """
    shared = [key for key in study.keys if key[0] in WEIGHTS and _everywhere(study, key)]
    own = shared or [key for key in study.keys if key[0] in WEIGHTS]
    named = [key for name in FIRST for kind in WEIGHTS for key in own if key[::2] == (kind, name)]
    if not named:
        return None
    key = named[0]
    second = (*key[:2], BESIDE.get(key[2], ""))
    score = real_score(study.rows, key)
    real = math.nan if score is None else score
    return Measure(key, second if second in study.keys else None, real, _about(study, key, real))


def _everywhere(study: Study, key: ScoreKey) -> bool:
    """Whether each condition that has finished runs has the score."""
    return all(row.values(key) or not any(run.counts for run in row.runs) for row in study.rows)


def real_score(rows: Sequence[Row], key: ScoreKey) -> float | None:
    """Returns what real images score: unseen ones where there are any, else the originals."""
    _, backbone, name = key
    # The distance of images to themselves is 0, and no goal.
    images = ("training",) if "held_out" in name else ("held_out", "training")
    for run in (run for row in rows for run in row.runs if run.counts):
        for kind in images[: 1 if name in ("fid", "kid") else None]:
            value = inner(run.result, "references", backbone, kind).get(name)
            if isinstance(value, int | float) and math.isfinite(value):
                return float(value)
    return None


def _about(study: Study, key: ScoreKey, real: float) -> str:
    kind, backbone, name = key
    told = f"{known(name).title} by {backbone}, of images of {WHOSE[kind]}."
    if not name.startswith("fid"):
        return told
    images = next(
        (
            count
            for row in study.rows
            for run in row.runs
            if (count := inner(run.result, "scored", backbone).get("images"))
        ),
        None,
    )
    with_ = f" at {images} images" if images else ""
    if name == "fid_held_out":
        told += " Those were not trained on: memorising training images brings no advantage."
    floor = "" if math.isnan(real) else f": real images score {rounded(real, 3)}, not 0"
    copies = (
        ""
        if name == "fid_held_out"
        else (
            " It compares with the training images themselves, so that copies of them score well."
        )
    )
    return f"{told} FID is biased upwards{with_}{floor}; for all conditions alike.{copies}"
