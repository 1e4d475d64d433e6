"""Checks on plain values that no constructor answers in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from project.errors import UserError, nearest

# Least allowed value of every number that is known by this name, wherever in the config it stands.
LEAST = {
    "seed": 0,
    "size": 1,
    "epochs": 1,
    "batches": 1,
    "epoch_batches": 1,
    "scored_images": 1,
    "score_every": 0,
    "batch_size": 1,
    "base_channels": 1,
    "latent": 1,
    "images": 1,
    "every_n_batches": 1,
    "every_n_epochs": 0,
    "estimate_after_batches": 1,
}
SECTIONS_OF_THEIR_OWN = "da."  # da.size may be a word, and the policy checks it


def check_settings(values: Mapping[str, Any]) -> None:
    """Checks the whole numbers of a config.

    Raises:
        UserError: one is no whole number, or too small.
    """
    for key, value in _leaves(values, ""):
        name = key.rpartition(".")[2]
        if name not in LEAST or key.startswith(SECTIONS_OF_THEIR_OWN):
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < LEAST[name]:
            raise UserError(
                f"{key}={value} is not allowed. Give a whole number from {LEAST[name]}."
            )


def check_added(words: Sequence[str], known: Sequence[str]) -> None:
    """Refuses `+key=value` where nothing would read the key.

    Args:
        words: of the command line.
        known: the top-level keys and groups that there are.

    Raises:
        UserError: a key is not known.
    """
    for word in words:
        key = word.lstrip("+").split("=")[0].split("@")[0].split(".")[0].split("/")[0]
        if word.startswith("+") and key not in known:
            raise UserError(
                f"'{key}' is not a key, and nothing would read it. {nearest(key, known)}"
            )


def _leaves(values: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, values
