"""Checks on plain values that no constructor answers in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from project.errors import UserError, nearest

# Least allowed value of every number that is known by this name, wherever in the config it stands.
LEAST = {
    "n": 1,
    "seed": 0,
    "size": 1,
    "epochs": 1,
    "D_epochs": 1,
    "batches": 1,
    "epoch_batches": 1,
    "max_epochs": 1,
    "scored_images": 1,
    "score_every": 0,
    "batch_size": 1,
    "base_channels": 1,
    "latent": 1,
    "images": 1,
    "every_n_batches": 1,
    "every_n_epochs": 0,
    "estimate_after_batches": 1,
    "shift_pixels": 0,
    "jitter": 0,
    "least_images": 0,
    "noise_images": 1,
    "noise_label": 0,
    "share": 1,
    "steps": 1,
    "steps_per_epoch": 1,
    "R1_every": 1,
    "parallel": 1,
    "job_minutes": 1,
}
# Shares and probabilities: from 0 to less than 1.
SHARES = {"average_decay", "label_smoothing", "dropout", "fresh", "p"}
# Weights of single terms, which no stage checks.
WEIGHTS = {"R1", "L_wrong", "L_C", "L_1"}
DRAWN = ("n", "data.n")  # null draws all
# Numbers or words, as the policy and Lightning allow.
FREE = ("da.size", "trainer.devices", "trainer.deterministic")


def check_settings(values: Mapping[str, Any], *, nullable: Sequence[str]) -> None:
    """Checks the whole numbers and the shares of a config.

    Args:
        values: the config.
        nullable: keys that may be null, which means all there are.

    Raises:
        UserError: one is no whole number, too small, or too large.
    """
    for key, value in _leaves(values, ""):
        name = key.rpartition(".")[2]
        if name in SHARES and isinstance(value, int | float) and not 0 <= value < 1:
            raise UserError(f"{key}={value} is not allowed. Give a number from 0 to less than 1.")
        if name in WEIGHTS and isinstance(value, int | float) and value < 0:
            raise UserError(f"{key}={value} is not allowed. Give 0 or more.")
        if name not in LEAST or key in FREE:
            continue
        if key in nullable and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < LEAST[name]:
            end = ", or null for all" if key in nullable else ""
            raise UserError(
                f"{key}={value} is not allowed. Give a whole number from {LEAST[name]}{end}."
            )


def check_kinds(values: Mapping[str, Any], shipped: Mapping[str, Any]) -> None:
    """Checks that a number is still one, a switch a switch, a section a section.

    Args:
        values: the config; references in it are passed over, for what they name is checked.
        shipped: the same with the values that stand in ``conf/``.

    Raises:
        UserError: a value is of another kind than the one that it stands for.
    """
    known = dict(_leaves(shipped, ""))
    for key, value in _leaves(values, ""):
        # Whether null, or a word in a list's place, is allowed is for what receives it to say.
        if key in FREE or str(value).startswith("${") or value is None:
            continue
        inner = sorted(n for n in known if n.startswith(f"{key}.") and "._" not in n)
        if inner:
            raise UserError(f"{key} is a section of keys such as {inner[0]}. Set one of these.")
        if key.startswith("paths.") and not isinstance(value, str):
            raise UserError(f"{key}={value} is not allowed. Give one folder.")
        default = known.get(key)
        if isinstance(default, bool) and not isinstance(value, bool):
            raise UserError(f"{key}={value} is not allowed. Give true or false.")
        whole = key.rpartition(".")[2] in LEAST  # and told so by check_settings
        if _is_number(default) and not _is_number(value) and not whole:
            raise UserError(f"{key}={value} is not allowed. Give a number, such as {default}.")
        numbers = isinstance(default, list) and default and all(map(_is_number, default))
        if numbers and isinstance(value, list) and not all(map(_is_number, value)):
            raise UserError(f"{key}={value} is not allowed. Give numbers, such as {default}.")


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


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _leaves(values: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, values
