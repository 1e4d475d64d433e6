"""A run that needs another run's weights: found by its config hash, or trained first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from filelock import Timeout
from omegaconf import DictConfig
from rich.console import Console

from project.cli.compose import load_config
from project.runs import locks, resume, run_folder

Train = Callable[[DictConfig, Sequence[str]], Path]
Hash = Callable[[DictConfig], str]


def find_or_train(
    config: DictConfig, overrides: Sequence[str], hash_of: Hash, train: Train
) -> dict[str, Path]:
    """Returns the folders of the runs that ``config.prerequisites`` names.

    A lock on the hash keeps two runs from training the same thing twice: the second waits and
    takes what the first has made.

    Args:
        config: of the run that needs them.
        overrides: words of its command line.
        hash_of: config -> config hash.
        train: config and its words -> folder of the finished run.
    """
    console = Console(stderr=True)
    folders = {}
    for name, wanted in (config.get("prerequisites") or {}).items():
        if wanted.get("run"):
            # The user named one; whether it fits is seen when it is loaded.
            folders[str(name)] = Path(wanted.run)
            run_folder.require(folders[str(name)], f"{name}={wanted.run}")
    # All are composed before the first is trained: a slip in the last one's words is told now.
    wanted_first = [
        (name, words, load_config("config", words)) for name, words in needed(config, overrides)
    ]
    for number, (name, words, other) in enumerate(wanted_first, 1):
        key = hash_of(other)
        lock = locks.of_hash(config.paths.cache, key)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            console.print(f"Waiting for another run that trains '{name}' ({key}).")
            lock.acquire()
        with lock:
            parents = [Path(config.paths.outputs), Path(config.paths.multirun)]
            folder = next(run_folder.finished(parents, key), None)
            if folder is None:
                told = f"Needed first is the run '{name}' ({number} of {len(wanted_first)}): "
                console.print(told + " ".join(words), soft_wrap=True, markup=False)
                begun = next(resume.resumable(run_folder.unfinished(parents, key)), None)
                if begun:
                    told = f"It was begun, and is continued: {begun}"
                    console.print(told, soft_wrap=True, markup=False)
                other.resume = str(begun) if begun else None
                folder = train(other, words)
            else:
                console.print(f"'{name}' is there already: {folder}", soft_wrap=True, markup=False)
        lock.release(force=True)
        folders[name] = folder
    return folders


def needed(config: DictConfig, overrides: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yields the runs that a run needs and its user has not named: name and command line.

    Args:
        config: of the run that needs them.
        overrides: words of its command line.
    """
    for name, wanted in (config.get("prerequisites") or {}).items():
        if not wanted.get("run"):
            yield str(name), [*inherited(overrides, wanted), *wanted.overrides]


def inherited(overrides: Sequence[str], wanted: DictConfig) -> list[str]:
    """Returns the words that the needed run takes over: all but ``without``, or ``keep`` alone.

    Args:
        overrides: words of the command line of the run that needs it.
        wanted: its entry in ``prerequisites``, with one of the two lists of keys and groups.
    """
    if "keep" in wanted:
        return [word for word in overrides if _names(word, wanted.keep)]
    return [word for word in resume.lasting(overrides) if not _names(word, wanted.without)]


def _names(word: str, keys: Sequence[str]) -> bool:
    key = word.lstrip("+~").split("=")[0].split("@")[0]
    return any(key == name or key.startswith((f"{name}.", f"{name}/")) for name in keys)
