"""What makes two runs the same run: a hash over all that changes the trained weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from omegaconf import DictConfig

from project.command_line import plain


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


def hashed(config: DictConfig) -> dict[str, Any]:
    """Returns the part of a config that changes the trained weights, as plain values.

    Args:
        config: of the run.
    """
    values = plain(config)
    for key in values.pop("unhashed"):
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
