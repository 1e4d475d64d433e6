"""What is said of a key that is none: where it belongs, and the nearest right one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress

from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from project.cli import config_dir
from project.cli.compose import as_written, load_config, settings
from project.errors import nearest


def unknown_key(key: str, words: Sequence[str], program: str) -> str:
    """Says that a key is none, and which is meant.

    Args:
        key: as it was written.
        words: the command line.
        program: name of its primary config.
    """
    group, _, rest = key.partition(".")
    chosen = [word for word in words if word.startswith(f"{group}=")]
    others = [word for word in words if not re.match(rf"[+~]*{re.escape(key)}(@[^=]*)?=", word)]
    if rest and chosen and others == list(words):
        return (
            f"{chosen[-1]} has no '{rest}', which this experiment sets. "
            f"Allowed: {', '.join(f'{group}={name}' for name in _with_key(group, rest))}."
        )
    groups = config_dir.groups() if program == "config" else []
    if key in groups:
        experiment = [word for word in words if word.startswith("experiment=")]
        return f"'{key}' is not a word of {' '.join(experiment) or 'this experiment'}."
    if elsewhere := _of_another_program(key, program):
        return elsewhere
    config = _without_bad_words(program, settings(others))
    return _unknown_in_section(key, config) if rest else _unknown_at_top(key, groups, config)


def _of_another_program(key: str, program: str) -> str:
    named = re.compile(rf"^{re.escape(key)}:", re.MULTILINE)
    texts = {path.stem: path.read_text() for path in sorted(config_dir.CONF.glob("*.yaml"))}
    # What all runs have stands in base.yaml.
    programs = {stem: stem for stem in texts} | {"config": "run", "base": "run"}
    for stem, other in programs.items():
        if stem != program and named.search(texts[stem]):
            return f"'{key}' is a word of python -m project.{other}, not of this program."
    return ""


def _without_bad_words(program: str, words: Sequence[str]) -> DictConfig:
    """Composes what can be: of several words that are wrong, one is told at a time."""
    with suppress(HydraException, OmegaConfBaseException):
        return load_config(program, words)
    kept: list[str] = []
    for word in words:
        with suppress(HydraException, OmegaConfBaseException):
            load_config(program, [*kept, word])
            kept.append(word)
    return load_config(program, kept)


def _unknown_in_section(key: str, config: DictConfig) -> str:
    # The first part of a.b.c that is wrong, and its neighbours.
    path, node = key.split("."), config
    while isinstance(node.get(path[0]), DictConfig) and len(path) > 1:
        node = node[path.pop(0)]
    if path[0] in config:
        return f"'{key}' is not a key. Did you mean '{path[0]}'?"
    return _no_key(path[0], key[: -len(".".join(path))].rstrip("."), [str(name) for name in node])


def _unknown_at_top(key: str, groups: Sequence[str], config: DictConfig) -> str:
    # The whole name, or its first part: steps for steps_per_epoch.
    alike = re.compile(rf"(^|\.){re.escape(key)}(_|$)")
    deeper = [path for path in _paths(as_written(config)) if alike.search(path)]
    if deeper:
        closest = min(deeper, key=lambda path: path.rpartition(".")[2] != key)
        return f"'{key}' is not a key. Did you mean '{closest}'?"
    return _no_key(key, "", {*groups, *map(str, config)})


def _no_key(name: str, parent: str, known: Collection[str]) -> str:
    place = f" of {parent}" if parent else ""
    if not known:
        return f"'{name}' is not a key{place}, which has none."
    return f"'{name}' is not a key{place}. {nearest(name, known)}"


def _with_key(group: str, key: str) -> list[str]:
    """Returns the options of a group whose file sets the key."""
    texts = {path.stem: path.read_text() for path in config_dir.files(group)}
    return [name for name, text in texts.items() if re.search(rf"^{key}:", text, re.MULTILINE)]


def _paths(values: Mapping[str, object], place: str = "") -> Iterator[str]:
    """Yields the full keys of a config, a section's own before those of its sections."""
    yield from (f"{place}{key}" for key in values)
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _paths(value, f"{place}{key}.")
