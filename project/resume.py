"""`resume=<run folder>`: the run's own command line again, and nothing that changes its weights."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from omegaconf import DictConfig

from project import holding, run_folder
from project.errors import UserError
from project.identity import changed, hashed

NAMED = 3  # changed settings that are told


def words(line: Sequence[str]) -> list[str]:
    """Puts the words of the resumed run before those of this command line.

    Args:
        line: the command line; where it has no ``resume=``, it is returned as it is.

    Raises:
        UserError: the folder is not a run's, has no checkpoint yet, or is finished.
    """
    named = [word for word in line if word.startswith("resume=")]
    if not named or named[-1] in ("resume=", "resume=null"):
        return list(line)
    folder = Path(named[-1].split("=", 1)[1].strip("'"))
    result = run_folder.require(folder)
    run_folder.require_checkpoint(folder)
    before = list(map(str, result["overrides"]))
    if result.get("status") == "finished":
        raise UserError(
            f"{folder} is finished, so there is nothing to resume; its scores are in "
            f"{run_folder.RESULT}. For a longer training start a new run, with more epochs: "
            f"python -m project.run {shlex.join(before)}"
        )
    return [*before, *line]


def lasting(overrides: Sequence[str]) -> list[str]:
    """Returns the words that make a run what it is: not that it is resumed, nor by which sweep."""
    return [word for word in overrides if not word.startswith(("resume=", "sweep"))]


def check_same(folder: Path, config: DictConfig, config_hash: str) -> None:
    """Checks that the run is continued with the settings it was begun with.

    Args:
        folder: of the run.
        config: that it would be continued with.
        config_hash: of this config and the images.

    Raises:
        UserError: another data set or another setting would change its weights.
    """
    if run_folder.require(folder).get("config_hash") == config_hash:
        return
    settings = list(changed(hashed(run_folder.require_config(folder)), hashed(config)))
    told = ", ".join(settings[:NAMED]) + (", ..." if len(settings) > NAMED else "")
    raise UserError(
        f"{folder} was begun with other {f'settings ({told})' if settings else 'images'}. Resume "
        "it with resume=<folder> and no other word that changes the training, from the folder in "
        "which it was started."
    )


def resumable(folders: Iterable[Path]) -> Iterator[Path]:
    """Yields those of the unfinished runs that were killed or interrupted and left a checkpoint.

    Args:
        folders: of unfinished runs.
    """
    for folder in folders:
        status = (run_folder.read_result(folder) or {}).get("status")
        checkpoint = (folder / run_folder.CHECKPOINT).is_file()
        if status in ("running", "interrupted") and checkpoint and not holding.is_held(folder):
            yield folder
