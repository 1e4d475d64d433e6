"""What makes two runs the same run: a hash over all that changes the trained weights."""

from __future__ import annotations

import hashlib
import json
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
    values = plain(config)
    for key in values.pop("unhashed"):
        _remove(values, key.split("."))
    text = json.dumps([values, data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _remove(values: dict[str, Any], path: list[str]) -> None:
    for key in path[:-1]:
        values = values.get(key) or {}
    values.pop(path[-1], None)
