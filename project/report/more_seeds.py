"""The command line that adds seeds to a study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from project.cli.config_dir import CONF, SWITCH
from project.cli.shell import typed
from project.report.comparisons import Row
from project.report.runs import Run, inner


def more_seeds(row: Row, seeds: Sequence[int], there: int, wanted: int, baseline: str) -> str:
    """Returns the command that trains a study's conditions with more seeds.

    The same line of a sweep, one of the user's ``--config-dir`` too, goes on with what is missing.
    Where the runs are of no named sweep, the line is that of one condition and the baseline: they
    are compared seed by seed.

    Args:
        row: the condition whose runs tell the words.
        seeds: that any condition has.
        there: number of them that the row shares with none.
        wanted: number of seeds in all.
        baseline: word of what the row is compared with.

    Returns:
        Empty where no run tells its command line.
    """
    run = next((run for run in row.runs if run.counts and run.overrides), None)
    if run is None:
        return ""
    words = [word for word in run.overrides if not word.startswith("seed=") and not _usual(word)]
    option = _option(run)
    if option:
        own = str(inner(run.result, "sweep").get("condition", "")).split(" ")
        words = [word for word in words if word not in own]
        return f"python -m project.run {typed([*words, f'sweep={option}', f'seeds={wanted}'])}"
    first = max(seeds, default=-1) + 1
    words = [_beside(baseline, word) for word in words]
    more = f"seed=range({first},{first + wanted - there})"
    return f"python -m project.run -m {typed([*words, more])}"


def _beside(baseline: str, word: str) -> str:
    key, _, option = word.partition("=")
    other = key == baseline.partition("=")[0] and word != baseline
    return f"{baseline},{option}" if other else word


def _option(run: Run) -> str:
    """Returns the option of ``sweep=``, from the sweep's name: experiment, option, words."""
    name = str(inner(run.result, "sweep").get("name", ""))
    rest = name.removeprefix(f"{run.result.get('experiment', '')}_")
    own = [word.partition("=")[2] for word in run.overrides if word.startswith(f"{SWITCH}=")]
    places = [CONF, *map(Path, own)]
    files = [path for place in places for path in (place / "sweep").glob("*.yaml")]
    known = sorted((path.stem for path in files), key=len, reverse=True)
    return next((option for option in known if f"{rest}_".startswith(f"{option}_")), "")


def _usual(word: str) -> bool:
    """Whether a word says of a folder what goes without saying."""
    key, _, value = word.partition("=")
    name = key.removeprefix("paths.")
    return key.startswith("paths.") and value.strip("'") in (name, f".{name}")
