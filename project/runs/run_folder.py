"""The folder that a run leaves behind: what is in it, how it is written and read.

Torch-free. A run folder from elsewhere is data: what is read here is never executed.
"""

from __future__ import annotations

import datetime
import errno
import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from project.cli import config_dir
from project.cli.shell import typed
from project.errors import UserError
from project.replacing import write_text

RESULT = "result.json"
CONFIG = "config.yaml"
CHECKPOINT = "last.ckpt"
# The sections that a training is built from. Every other key counts by what these make of it: a
# value by being referred to in them, `data` by its images, `prerequisites` by the hashes of its
# runs. What only looks on (`callbacks`, `judges`, `backbone` ...) or says where (`paths` ...) is
# in none of them.
TRAINS = ("seed", "module", "datamodule", "da", "conditional", "task", "stages", "trainer")
# Of the trainer, where and how fast it trains rather than what.
WHERE = ("accelerator", "devices", "strategy", "num_nodes", "enable_progress_bar", "capture")
FIRST_LAYOUT = "unhashed"  # a key that configs of the first layout have: what is not hashed
AS_LEFT = "Use the folder as the run left it."
OUTPUTS = "paths.outputs=<folder> (paths.multirun=<folder> for -m)"
NAMED_OUT = "out=<folder>"
# Our classes by their full names, which leave no way to modules that ours import.
ALLOWED_TARGET = re.compile(r"project(\.[a-z0-9_]+){1,3}\.[A-Z]\w*|torch\.optim\.[A-Z]\w*")


def create(parent: Path, label: str) -> Path:
    """Makes a new run folder; never one that is there already.

    Args:
        parent: folder of the runs.
        label: what tells the run from its neighbours, as a part of the name.

    Raises:
        UserError: the folder cannot be written to.
    """
    stamp = datetime.datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    name = f"{stamp}_{label}" if label else stamp
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(parent, error) from error
    for attempt in range(1, 1000):
        folder = parent / (name if attempt == 1 else f"{name}_{attempt}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise unwritable(parent, error) from error
        return folder
    raise UserError(f"{parent} has a thousand folders named {name}. Remove some.")


def free(folder: Path) -> Path:
    """Returns the first of ``folder``, ``folder_2``, ... that is not there yet."""
    attempt, found = 1, folder
    while found.exists():
        attempt += 1
        found = folder.with_name(f"{folder.name}_{attempt}")
    return found


def check_new(out: Path) -> None:
    """Checks that a folder that the user named would hold nothing but what is written now.

    Raises:
        UserError: something is there.
    """
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise UserError(f"out={out} is not empty, and nothing is overwritten. Name a new folder.")


def check_writable(parent: Path, key: str = OUTPUTS) -> None:
    """Checks that folders can be made in ``parent``, without making anything that stays.

    Args:
        parent: the folder.
        key: how the user names another.

    Raises:
        UserError: they cannot.
    """
    nearest = parent.absolute()
    while not nearest.exists():
        nearest = nearest.parent
    probe = nearest / f".write-test-{os.getpid()}"
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError as error:
        raise unwritable(parent, error, key) from error


def unwritable(parent: Path, error: OSError, key: str = OUTPUTS) -> UserError:
    """Says that a folder cannot be written to, and how to choose another."""
    return UserError(
        f"The output folder {parent} cannot be written to ({error.strerror}). Make it writable or "
        f"name another: {key}."
    )


def disk_full(error: BaseException) -> OSError | None:
    """Returns the error of a full disk, or of a used-up quota, that an error came from."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError) and link.errno in (errno.ENOSPC, errno.EDQUOT):
            return link
        link = link.__cause__ or link.__context__
    return None


def no_space(folder: Path, error: OSError, epochs: int) -> str:
    """Says what could not be written to a full disk, and how a run goes on.

    Args:
        folder: of the run.
        error: of the disk.
        epochs: that its checkpoint has behind it.
    """
    free = shutil.disk_usage(folder).free
    return (
        f"{error.filename or folder} could not be written: the disk is full "
        f"({free / 1e6:.0f} MB free in {folder}). What was saved before is whole: "
        f"{epochs} epoch{'s' if epochs != 1 else ''}. Make room. {how_to_go_on(folder)}"
    )


def wall_seconds(folder: Path) -> float:
    """Returns how long a run was trained for, up to its checkpoint where it was killed."""
    result = read_result(folder) or {}
    seconds = float(result.get("wall_seconds") or 0)
    if result.get("status") == "running":
        # Written as the run began, and not again.
        begun, saved = ((folder / name).stat().st_mtime for name in (RESULT, CHECKPOINT))
        seconds += max(0.0, saved - begun)
    return seconds


def write_result(folder: Path, result: Mapping[str, Any]) -> None:
    """Writes ``result.json``."""
    write_text(folder / RESULT, json.dumps(result, indent=2) + "\n")


def read_result(folder: Path) -> dict[str, Any] | None:
    """Reads ``result.json``; None where it is missing, empty or broken."""
    try:
        result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return result if isinstance(result, dict) else None


def require(folder: Path, told: str = "") -> dict[str, Any]:
    """Reads the result of what must be a run folder.

    Args:
        folder: of the run.
        told: what the user wrote, where the folder alone does not say where it stands.

    Raises:
        UserError: it is none.
    """
    result = read_result(folder)
    if result is None or not isinstance(result.get("overrides"), list):
        raise UserError(
            f"{told or folder} is not a run folder: it has no readable {RESULT}. Name the folder "
            "that a run printed at its end, such as outputs/<experiment>/<date>_<name>."
        )
    return result


def how_to_go_on(folder: Path) -> str:
    """Says what takes an unfinished run on: resuming it, or its own command line again."""
    program = "python -m project.run"
    if (folder / CHECKPOINT).is_file():
        return f"Continue it: {program} {typed([f'resume={folder}'])}"
    words = (read_result(folder) or {}).get("overrides", [])
    return (
        f"It has no {CHECKPOINT} yet, so start it again: {program} {typed(list(map(str, words)))}"
    )


def require_checkpoint(folder: Path) -> Path:
    """Returns a run's last checkpoint.

    Raises:
        UserError: there is none yet.
    """
    if not (folder / CHECKPOINT).is_file():
        raise UserError(f"{folder} is a run that did not get far. {how_to_go_on(folder)}")
    return folder / CHECKPOINT


def check_targets(node: object, file: Path) -> None:
    """Checks that a config from a run folder builds this project's classes and optimizers alone.

    What the user's own options name (``--config-dir``) may be built, too.

    Raises:
        UserError: it names something else to be called.
    """
    for _, target in config_dir.targets_in(node):
        ours = not target or ALLOWED_TARGET.fullmatch(target)
        if not ours and target not in config_dir.targets():
            raise UserError(
                f"{file} asks to run '{target}', which is not this project's. Use a run folder as "
                "this program left it; if the class is your own, add the --config-dir=<folder> "
                "whose options name it."
            )
