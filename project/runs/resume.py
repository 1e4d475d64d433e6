"""`resume=<run folder>`: the run's own command line again, and at most a longer training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig

from project.cli import config_dir
from project.cli.shell import typed
from project.errors import UserError
from project.runs import locks, run_folder
from project.runs.identity import config_of

# Words that say how long a training is; those of a row say the same thing.
SAYS_LENGTH = (("epochs", "kimg"), ("scorings",), ("batches",))


def words(line: Sequence[str]) -> list[str]:
    """Puts the words of the resumed run before those of this command line, its --config-dir too.

    Args:
        line: the command line; where it has no ``resume=``, it is returned as it is.

    Raises:
        UserError: the folder is not a run's, is broken, has no checkpoint yet, or is finished and
            nothing on the line makes it longer.
    """
    folders = [word for word in line if word.startswith("resume=")]
    if not folders or folders[-1] in ("resume=", "resume=null"):
        return list(line)
    folder = Path(str(OverridesParser.create().parse_override(folders[-1]).value()))
    result = run_folder.require(folder)
    run_folder.require_checkpoint(folder)
    if result.get("status") == "finished":
        config_of(folder)  # which says how long the finished training was
        if not named(line):
            raise nothing_left(folder)
    before = list(map(str, result["overrides"]))
    before = [*before, *config_dir.words()]
    return config_dir.take([*without_lengths(before, line), *line])


def lengths(line: Sequence[str]) -> list[str]:
    """Returns the words of a command line that say how long the training is."""
    return [word for word in line if any(_key(word) in keys for keys in SAYS_LENGTH)]


def named(line: Sequence[str]) -> list[str]:
    """Returns those of these words that a sentence names: not how often it is scored."""
    return [word for word in lengths(line) if _key(word) != "scorings"]


def without_lengths(before: Sequence[str], line: Sequence[str]) -> list[str]:
    """Returns a run's words without those in whose place others stand on the line.

    Args:
        before: the run's words.
        line: with which it is resumed.
    """
    given = {_key(word) for word in lengths(line)}
    replaced = {key for keys in SAYS_LENGTH if given & set(keys) for key in keys}
    return [word for word in before if _key(word) not in replaced]


def nothing_left(folder: Path) -> UserError:
    """Says that a run is finished, and how it can go on all the same."""
    config = config_of(folder)
    word = next(key for key in ("batches", "kimg", "epochs") if config.get(key) is not None)
    more = typed([f"resume={folder}"])
    return UserError(
        f"{folder} is finished after {told(config)}, so there is nothing to resume; its scores "
        f"are in {run_folder.RESULT}. To train it for longer than {word}={config[word]}: "
        f"python -m project.run {more} {word}=<more>"
    )


def told(config: DictConfig) -> str:
    """Says how long a training is."""
    if config.get("batches"):
        return f"{config.batches} batches"
    epochs = config.trainer.max_epochs
    return f"{epochs} epoch{'s' if epochs > 1 else ''}"


def _key(word: str) -> str:
    return word.split("=")[0]


def lasting(overrides: Sequence[str]) -> list[str]:
    """Returns the words that make a run what it is: not that it is resumed, nor by which sweep."""
    return [word for word in overrides if not word.startswith(("resume=", "sweep"))]


def sweep_of(folder: Path) -> dict[str, str | None]:
    """Returns the sweep that a run belongs to, as the config names it: it stays one of its runs."""
    sweep = run_folder.require(folder).get("sweep") or {}
    return {key: sweep.get(key) for key in ("name", "condition")}


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
