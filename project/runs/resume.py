"""`resume=<run folder>`: the run's own command line again, and nothing that changes its weights."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser

from project.cli import config_dir
from project.errors import UserError
from project.runs import locks, run_folder


def words(line: Sequence[str]) -> list[str]:
    """Puts the words of the resumed run before those of this command line, its --config-dir too.

    Args:
        line: the command line; where it has no ``resume=``, it is returned as it is.

    Raises:
        UserError: the folder is not a run's, has no checkpoint yet, or is finished.
    """
    named = [word for word in line if word.startswith("resume=")]
    if not named or named[-1] in ("resume=", "resume=null"):
        return list(line)
    folder = Path(str(OverridesParser.create().parse_override(named[-1]).value()))
    result = run_folder.require(folder)
    run_folder.require_checkpoint(folder)
    before = list(map(str, result["overrides"]))
    if result.get("status") == "finished":
        raise UserError(
            f"{folder} is finished, so there is nothing to resume; its scores are in "
            f"{run_folder.RESULT}. For a longer training start a new run, with more epochs: "
            f"python -m project.run {shlex.join(before)}"
        )
    return config_dir.take([*before, *config_dir.words(), *line])


def lasting(overrides: Sequence[str]) -> list[str]:
    """Returns the words that make a run what it is: not that it is resumed, nor by which sweep."""
    return [word for word in overrides if not word.startswith(("resume=", "sweep"))]


def resumable(folders: Iterable[Path]) -> Iterator[Path]:
    """Yields those of the unfinished runs that were killed or interrupted and left a checkpoint.

    Args:
        folders: of unfinished runs.
    """
    for folder in folders:
        status = (run_folder.read_result(folder) or {}).get("status")
        checkpoint = (folder / run_folder.CHECKPOINT).is_file()
        if status in ("running", "interrupted") and checkpoint and not locks.is_held(folder):
            yield folder
