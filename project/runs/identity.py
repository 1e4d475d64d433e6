"""What makes two runs the same run: a hash over all that changes the trained weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from project.cli.compose import plain
from project.errors import UserError
from project.runs import run_folder

NAMED = 3  # changed settings that are told


def config_hash(config: DictConfig, data: str) -> str:
    """Hashes a resolved config, less the keys that it names under ``unhashed``.

    Args:
        config: of the run.
        data: fingerprint of the images, which stands for the ``data`` section.

    Returns:
        16 hexadecimal digits.
    """
    text = json.dumps([hashed(config), data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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
    settings = list(changed(hashed(config_of(folder)), hashed(config)))
    told = ", ".join(settings[:NAMED]) + (", ..." if len(settings) > NAMED else "")
    raise UserError(
        f"{folder} was begun with other {f'settings ({told})' if settings else 'images'}. Resume "
        "it with resume=<folder> and no other word that changes the training, from the folder in "
        "which it was started."
    )


def config_of(folder: Path) -> DictConfig:
    """Reads the config that a run was made with.

    Raises:
        UserError: there is none.
    """
    file = folder / run_folder.CONFIG
    if not file.is_file():
        raise UserError(f"{file} is missing. {run_folder.AS_LEFT}")
    config = OmegaConf.load(file)
    assert isinstance(config, DictConfig)
    return config


def hashed(config: DictConfig) -> dict[str, Any]:
    """Returns the part of a config that changes the trained weights, as plain values.

    Args:
        config: of the run.
    """
    values = plain(config)
    # A run folder from elsewhere may lack it.
    for key in values.pop("unhashed", None) or ():
        _remove(values, key.split("."))
    return values


def changed(before: Any, now: Any, place: str = "") -> Iterator[str]:
    """Yields ``key: 2 -> 3`` for each value in which two plain configs differ.

    Args:
        before: the one.
        now: the other.
        place: where in the config they stand.
    """
    if not isinstance(before, dict) or not isinstance(now, dict):
        if before != now:
            yield f"{place}: {before} -> {now}"
        return
    for key in [*before, *(key for key in now if key not in before)]:
        yield from changed(before.get(key), now.get(key), f"{place}.{key}".lstrip("."))


def _remove(values: dict[str, Any], path: list[str]) -> None:
    for key in path[:-1]:
        values = values.get(key) or {}
    values.pop(path[-1], None)
