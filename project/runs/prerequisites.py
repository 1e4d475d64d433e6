"""Runs that a run needs: declared in its config, composed from its values, found or trained.

An entry of ``prerequisites`` (trained with) or ``judges`` (looking on) has

``options``: what the needed run is composed from, such as ``experiment=digit_judge``; without an
    ``experiment`` it is this run's own.
``same``: keys and groups whose values it takes over from this run; ``all`` of them.
``set``: values of its own.
``folder``: a finished run that the user named instead; ``accepts``, the experiments that it may be
    of, and ``fits``, the keys in which it must agree with what would be trained.

The sections `TAKEN_OVER` say where and on what is trained: every needed run takes them over as they
are written, so that what they refer to (`size`, `epochs`) is its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import Timeout
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from project.cli.compose import as_plain, as_written, load_config
from project.cli.quoting import quoted
from project.errors import UserError
from project.runs import locks, lookup, resume, run_folder
from project.runs.identity import config_of

TAKEN_OVER = ("paths", "data", "trainer", "logger")
# Of the run itself, and not of what it needs.
OWN = ("prerequisites", "judges", "choices", "resume", "sweep", "parallel", "job_minutes")
console = Console(stderr=True)
composed = functools.lru_cache(maxsize=256)(lambda *words: load_config("config", words))


@dataclass(frozen=True)
class Prerequisite:
    """A needed run as a value.

    Attributes:
        name: by which its network is handed on.
        overrides: the command line that it would be trained by.
        config: composed from it.
        folder: of the finished run that the user named; None where it is found or trained.
    """

    name: str
    overrides: tuple[str, ...]
    config: DictConfig
    folder: Path | None


def declared(config: DictConfig, section: str) -> dict[str, Prerequisite]:
    """Returns the runs that a config declares, by name.

    Args:
        config: of the run that needs them.
        section: ``prerequisites`` or ``judges``.
    """
    found = {}
    for name, entry in config[section].items():
        overrides = tuple(_overrides(config, entry))
        named = entry.get("folder")
        found[str(name)] = Prerequisite(
            name=str(name),
            overrides=overrides,
            config=load_config("config", overrides),
            folder=None if named is None else Path(named),
        )
    return found


def check_named(needed: Prerequisite, entry: DictConfig, fingerprint: str) -> str:
    """Checks that a run that the user named can stand where another would be trained.

    Args:
        needed: with its folder.
        entry: that declares it.
        fingerprint: of the images that it must have been trained on.

    Returns:
        Its config hash, which stands for it in the hash of the run that needs it.

    Raises:
        UserError: it is no run, is unfinished, or is of another experiment, images or values.
    """
    assert needed.folder is not None
    written = f"{needed.name}={needed.folder}"
    result = run_folder.require(needed.folder, written)
    experiment = str(needed.config.choices.experiment)
    accepted = list(entry.get("accepts") or [experiment])
    end = f"Name a run of {' or '.join(accepted)} that fits, or leave it out to train one."
    if result.get("experiment") not in accepted:
        raise UserError(f"{written} is a run of {result.get('experiment')}. {end}")
    data = result.get("data", {})
    if data.get("fingerprint") != fingerprint:
        raise UserError(
            f"{written} was trained on other images, or in another size "
            f"({data.get('source', 'unknown')}). {end}"
        )
    theirs = config_of(needed.folder)
    for key in entry.get("fits") or ():
        there, here = (as_plain(OmegaConf.select(one, key)) for one in (theirs, needed.config))
        if there != here:
            raise UserError(f"{written} was trained with {key}={there}, not {here}. {end}")
    if result.get("status") != "finished":
        raise UserError(
            f"{written} is a run that did not finish. {run_folder.how_to_go_on(needed.folder)} "
            "Or leave it out to train one."
        )
    return str(result["config_hash"])


def find_or_train(
    needed: Mapping[str, Prerequisite],
    hash_of: Callable[[DictConfig], str],
    train: Callable[[Prerequisite], Path],
) -> dict[str, Path]:
    """Returns the folders of needed runs, training those that are not there.

    A lock on the hash keeps two processes from training the same thing twice: the second waits and
    takes what the first has made.

    Args:
        needed: by name.
        hash_of: config -> config hash.
        train: trains one and returns its folder.
    """
    folders = {name: one.folder for name, one in needed.items() if one.folder is not None}
    # All are checked before the first is trained: a slip in the last one is reported now.
    missing = {name: hash_of(one.config) for name, one in needed.items() if one.folder is None}
    for number, (name, key) in enumerate(missing.items(), 1):
        place = f"{number} of {len(missing)}"
        folders[name] = _find_or_train(needed[name], key, place, train)
    return {name: folders[name] for name in needed}


def _find_or_train(
    needed: Prerequisite, key: str, place: str, train: Callable[[Prerequisite], Path]
) -> Path:
    paths = needed.config.paths
    lock = locks.of_hash(paths.cache, key)
    try:
        lock.acquire(timeout=locks.LOOK)
    except Timeout:
        console.print(f"Waiting for another run that trains '{needed.name}' ({key}).")
        lock.acquire()
    try:
        parents = [Path(paths.outputs), Path(paths.multirun)]
        folder = next(lookup.finished(parents, key), None)
        if folder is not None:
            _say(f"'{needed.name}' is there already: {folder}")
            return folder
        command = " ".join(needed.overrides)
        _say(f"Needed first is the run '{needed.name}' ({place}): {command}")
        begun = next(resume.resumable(lookup.unfinished(parents, key)), None)
        if begun:
            _say(f"It was begun, and is continued: {begun}")
        needed.config.resume = str(begun) if begun else None
        return train(needed)
    finally:
        lock.release(force=True)


def _say(sentence: str) -> None:
    console.print(sentence, soft_wrap=True, markup=False)


def _overrides(config: DictConfig, entry: DictConfig) -> list[str]:
    """Writes the values that a needed run takes over as overrides of what it is composed from."""
    words = [str(word) for word in entry.options]
    chosen = {word.split("=")[0] for word in words}
    if "experiment" not in chosen:
        words.insert(0, f"experiment={config.choices.experiment}")
        chosen.add("experiment")
    takes_all = entry.get("same") == "all"
    same = [] if takes_all else [str(key) for key in entry.get("same") or ()]
    own = as_plain(entry.get("set")) or {}
    base = composed(*words).choices
    for group, option in config.choices.items():
        taken = takes_all or group in same or group in TAKEN_OVER
        if taken and group not in chosen and group in base and base[group] != option:
            words.append(f"{group}={_literal(option)}")
    if takes_all:
        groups = {word.split("=")[0] for word in entry.options}
        as_they_are = [str(key) for key in config if key not in {*OWN, *groups, *own}]
    else:
        as_they_are = list(TAKEN_OVER)
    written, base = as_written(config), as_written(composed(*words))
    for key in as_they_are:
        words += _differences(written.get(key), base.get(key), key)
    # Single values first: what sections refer to then needs no word of its own.
    for nested in (False, True):
        config_now = composed(*words)
        for key in same:
            value, now = (OmegaConf.select(one, key) for one in (config, config_now))
            if OmegaConf.is_dict(value) is nested:
                words += _differences(as_plain(value), as_plain(now), key)
    config_now = composed(*words)
    for key, value in own.items():
        words += _differences(value, as_plain(OmegaConf.select(config_now, key)), key)
    return words


def _differences(value: object, base: object, key: str) -> Iterator[str]:
    """Yields the overrides that make ``base`` what ``value`` is."""
    if isinstance(value, dict) and isinstance(base, dict):
        for name in [*base, *(name for name in value if name not in base)]:
            if name not in value:
                yield f"~{key}.{name}"
            elif name not in base:
                yield f"+{key}.{name}={_literal(value[name])}"
            else:
                yield from _differences(value[name], base[name], f"{key}.{name}")
    elif value != base:
        yield f"{key}={_literal(value)}"


def _literal(value: Any) -> str:
    """Writes a value in the grammar of Hydra's overrides."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple) or OmegaConf.is_list(value):
        return f"[{','.join(map(_literal, value))}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_literal(inner)}" for key, inner in value.items()) + "}"
    text = str(value)
    if isinstance(value, str):
        try:
            if OverridesParser.create().parse_override(f"key={text}").value() == value:
                return text
        except HydraException:
            pass
        return quoted(text)
    return text
