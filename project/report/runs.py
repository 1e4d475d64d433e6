"""Finds run folders and reads what they hold; one that is broken is told of, never left out.

A run folder from elsewhere is data: nothing in it is executed, built or unpickled.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from project.errors import UserError
from project.metrics.score_names import learn
from project.runs.run_folder import CHECKPOINT, CONFIG, RESULT

METRICS = "metrics.csv"
SIGNS = (RESULT, CONFIG, METRICS, CHECKPOINT)
# A run's folder is named by its date and what it is; a sweep's by its date alone.
NAMED_AS_RUN = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_.+")
KNOWN_STATES = ("finished", "failed", "interrupted", "running")
KINDS = ("scores", "scores_average", "reference")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C, ten times as fast
LARGEST = 20_000_000  # bytes of a file that is read

ScoreKey = tuple[str, str, str]
"""Kind (``scores``, ...), backbone, name."""


@dataclass(frozen=True)
class Run:
    """One run folder.

    Args:
        folder: where it is.
        state: ``finished``, ``failed``, ``interrupted``, ``running`` (or killed), ``missing``,
            ``empty``, ``broken``, ``repeated`` or ``not finite``.
        reason: one sentence on the state; empty where all is well.
        result: ``result.json``; empty where it cannot be read.
        config: ``config.yaml``; empty where it cannot be read.
        scores: by kind, backbone and name; some may be NaN.
    """

    folder: Path
    state: str
    reason: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[ScoreKey, float] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether its finite scores enter the statistics."""
        return self.state in ("finished", "not finite")

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def overrides(self) -> list[str]:
        """The words of its command line."""
        words = self.result.get("overrides")
        return [str(word) for word in words] if isinstance(words, list) else []

    @property
    def seed(self) -> int | None:
        """Its seed; None where nothing tells."""
        for seed in (self.result.get("seed"), self.config.get("seed")):
            if isinstance(seed, int) and not isinstance(seed, bool):
                return seed
        return None


def read_runs(places: Sequence[str]) -> list[Run]:
    """Reads all runs at or below some places.

    Args:
        places: folders, or patterns such as ``multirun/*``.

    Returns:
        One entry for each run folder, in the order of their names.

    Raises:
        UserError: a place does not exist, or no run is below any.
    """
    folders: dict[Path, Path] = {}
    for place in places:
        matches = _matches(Path(place).expanduser())
        if not matches:
            raise UserError(
                f"runs={place} is not there. Name a folder of runs, or a pattern such as runs=a/*."
            )
        for match in matches:
            folders |= {found.resolve(): found for found in _run_folders(match)}
    if not folders:
        raise UserError(
            f"runs={','.join(places)} holds no run: no folder in it has a {RESULT}. "
            "Name the folder of a sweep or of runs, such as multirun/<sweep> or outputs/da_faces."
        )
    runs = [read_run(folder) for folder in folders.values()]
    return mark_repeated(sorted(runs, key=lambda run: (run.name, str(run.folder))))


def _matches(place: Path) -> list[Path]:
    if place.exists():
        return [place]
    root = Path(place.anchor or ".")
    found = sorted(root.glob(str(place.relative_to(root))))
    return [match for match in found if not match.name.startswith(".")]


def _run_folders(place: Path) -> Iterator[Path]:
    if _is_run(place):
        yield place
        return
    for parent, children, _ in os.walk(place):
        # Hydra keeps a config.yaml of its own in a hidden folder.
        below = [Path(parent) / c for c in sorted(children) if not c.startswith(".")]
        yield from (child for child in below if _is_run(child))
        children[:] = [child.name for child in below if not _is_run(child)]


def _is_run(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    if any((folder / sign).exists() for sign in SIGNS):
        return True
    return bool(NAMED_AS_RUN.fullmatch(folder.name)) and not any(
        child.is_dir() for child in folder.iterdir()
    )


def read_run(folder: Path) -> Run:
    """Reads one run folder, whatever is in it."""
    config = _read_config(folder / CONFIG)
    result, state, reason = _read_result(folder / RESULT)
    if state:
        return Run(folder, state, reason, result, config)
    scores = dict(_scores(result))
    _learn(result)
    state = str(result.get("status"))
    if state not in KNOWN_STATES:
        return Run(folder, "broken", f"Its status '{state}' is none.", result, config, scores)
    reason = {
        "failed": str(result.get("error", "It does not say why.")),
        "running": "It is still running, or it was killed.",
        "interrupted": "It was stopped by hand.",
    }.get(state, "")
    bad = sorted("/".join(key) for key, value in scores.items() if not math.isfinite(value))
    if state == "finished" and bad:
        state, reason = "not finite", f"These scores are no numbers: {', '.join(bad)}."
    return Run(folder, state, reason, result, config, scores)


def _read_result(path: Path) -> tuple[dict[str, Any], str, str]:
    """Returns the content, or else a state and the reason for it."""
    if not path.is_file():
        return {}, "missing", f"It has no {RESULT}."
    try:
        if path.stat().st_size > LARGEST:
            return {}, "broken", f"Its {RESULT} is too large to be one."
        text = path.read_text(encoding="utf-8")
        if not text.strip():
            return {}, "empty", f"Its {RESULT} is empty."
        result = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        return {}, "broken", f"Its {RESULT} cannot be read: {' '.join(str(error).split())}."
    if not isinstance(result, dict):
        return {}, "broken", f"Its {RESULT} is no table of names and values."
    return result, "", ""


def _read_config(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            return {}
        config = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return {}
    return config if isinstance(config, dict) else {}


def _learn(result: Mapping[str, Any]) -> None:
    """Makes known what a run says of scores of the user's own."""
    for network in inner(result, "scored"):
        for name in inner(result, "scored", network, "names"):
            told = inner(result, "scored", network, "names", name)
            learn(str(name), str(told.get("better", "")), str(told.get("about", "")))


def _scores(result: Mapping[str, Any]) -> Iterator[tuple[ScoreKey, float]]:
    for kind in KINDS:
        backbones = result.get(kind)
        for backbone, scores in backbones.items() if isinstance(backbones, dict) else ():
            for name, value in scores.items() if isinstance(scores, dict) else ():
                if value is None:
                    yield (kind, str(backbone), str(name)), math.nan
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    yield (kind, str(backbone), str(name)), _as_float(value)


def inner(values: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """Returns a section of a result; an empty one where it is not there."""
    for key in keys:
        found = values.get(key)
        values = found if isinstance(found, Mapping) else {}
    return values


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.nan


def mark_repeated(runs: Sequence[Run]) -> list[Run]:
    """Marks all but the newest of runs that are the same one, scored alike.

    The same run twice is one observation: counted twice, it would feign certainty.
    """
    newest: dict[str, Run] = {}
    for run in sorted(runs, key=lambda run: run.name):
        if run.counts and run.result.get("config_hash"):
            newest[_identity(run)] = run
    marked = []
    for run in runs:
        kept = newest.get(_identity(run), run)
        if run.counts and kept is not run:
            reason = f"The same run as {kept.name}, which counts."
            run = replace(run, state="repeated", reason=reason)
        marked.append(run)
    return marked


def _identity(run: Run) -> str:
    scored_by = [run.result.get("config_hash"), run.result.get("scored")]
    backbones = sorted({backbone for _, backbone, _ in run.scores})
    return json.dumps([*scored_by, backbones], sort_keys=True, default=str)
