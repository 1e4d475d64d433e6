"""Checks of overrides and of plain values that no constructor answers in a sentence."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from omegaconf import DictConfig

from project.cli.compose import as_written, choices, load_config, plain
from project.cli.config_dir import groups
from project.errors import UserError, nearest

# Least allowed value of every whole number of this name, wherever in the config it stands.
LEAST = {
    **dict.fromkeys(("seed", "least_images", "shift_pixels", "jitter", "noise_label"), 0),
    **dict.fromkeys(("score_every", "every_n_epochs"), 0),
    **dict.fromkeys(("n", "size", "batch_size", "images", "scored_images", "noise_images"), 1),
    **dict.fromkeys(("epochs", "D_epochs", "max_epochs", "batches", "epoch_batches"), 1),
    **dict.fromkeys(("steps", "steps_per_epoch", "every_n_batches", "estimate_after_batches"), 1),
    **dict.fromkeys(("base_channels", "latent", "share", "R1_every", "parallel", "job_minutes"), 1),
    "at_most": 1,
    **dict.fromkeys(("stops", "per_second"), 2),
}
# Shares and probabilities: from 0 to less than 1.
SHARES = {"average_decay", "label_smoothing", "dropout", "fresh", "p"}
# Weights of single terms, which no stage checks.
WEIGHTS = {"R1", "L_wrong", "L_C", "L_1"}
SPACED = ("score_every", "every_n_epochs")  # multiples of a fraction are rounded down
LARGEST_SEED = 2**32 - 1  # that NumPy's generators take
DRAWN = ("n", "data.n")  # null draws all
# Numbers or words, as the policy and Lightning allow.
OF_OTHERS = ".arguments."  # what a library's class is built with, which checks it itself
FREE = ("da.size", "da.p", "trainer.devices", "trainer.deterministic")


def check_words(config: DictConfig, words: Sequence[str]) -> None:
    """Checks a run's overrides against ``conf/``.

    A key that `+` adds must be read by something; a number must stay one, a switch a switch, a
    section a section. References are passed over, for what they name is checked.

    Args:
        config: composed from them.
        words: the overrides.

    Raises:
        UserError: a key is not known, or a value is of another kind than the shipped one.
    """
    written = {word.split("=")[0] for word in words if not word.endswith("=null")}
    if {"kimg", "epochs"} <= written:
        raise UserError("kimg= and epochs= both say how long the training is: give one of them.")
    shipped = _shipped("config", *choices(words))
    for word in choices(words):
        group, _, option = word.partition("=")
        options = option.strip("[]").split(",")
        if len(set(options)) < len(options):
            raise UserError(f"{word} names an option of {group} twice. Name each once.")
    if "batches" in shipped and "epochs" in written:
        raise UserError("This training is as long as batches= says: leave epochs= out.")
    for word in words:
        key = word[1:].split("=")[0]
        if word.startswith("~") and key in {*groups(), *shipped}:
            raise UserError(f"~{key} takes away what every run needs. Leave it out.")
    _check_added(words, [*groups(), *shipped])
    check_kinds("config", config, words)


def check_kinds(program: str, config: DictConfig, words: Sequence[str]) -> None:
    """Checks that a number stays one, a switch a switch, a section a section.

    Args:
        program: name of its primary config.
        config: composed from the words.
        words: the overrides.

    Raises:
        UserError: a value is of another kind than the shipped one.
    """
    _check_kinds(as_written(config), _shipped(program, *choices(words)))


@functools.cache
def _shipped(program: str, *chosen: str) -> Mapping[str, object]:
    """Composes the options alone: the jobs of a sweep differ by few of them."""
    return plain(load_config(program, chosen))


def check_settings(values: Mapping[str, object], *, nullable: Sequence[str]) -> None:
    """Checks the whole numbers and the shares of a config.

    Args:
        values: the config.
        nullable: keys that may be null, which means all there are.

    Raises:
        UserError: one is no whole number, too small, or too large.
    """
    for key, value in _leaves(values):
        if OF_OTHERS in key:
            continue
        name = key.rpartition(".")[2]
        share = name in SHARES and key not in FREE
        if share and isinstance(value, int | float) and not 0 <= value < 1:
            raise UserError(f"{key}={value} is not allowed. Give a number from 0 to less than 1.")
        if name in WEIGHTS and isinstance(value, int | float) and value < 0:
            raise UserError(f"{key}={value} is not allowed. Give 0 or more.")
        if name not in LEAST or key in FREE or (key in nullable and value is None):
            continue
        if name == "seed" and isinstance(value, int) and value > LARGEST_SEED:
            raise UserError(f"{key}={value} is not allowed. Give 0 to {LARGEST_SEED}.")
        if name in SPACED and isinstance(value, float) and value > 0:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < LEAST[name]:
            end = ", or null for all" if key in nullable else ""
            raise UserError(
                f"{key}={value} is not allowed. Give a whole number from {LEAST[name]}{end}."
            )


def _check_kinds(values: Mapping[str, object], shipped: Mapping[str, object]) -> None:
    known = dict(_leaves(shipped))
    sections = {key[:at] for key in known for at, letter in enumerate(key) if letter == "."}
    for key, value in _leaves(values):
        # Whether null, or a word in a list's place, is allowed is for what receives it to say.
        if key in FREE or str(value).startswith("${") or value is None:
            continue
        if key in sections:
            inner = min(n for n in known if n.startswith(f"{key}.") and "._" not in n)
            raise UserError(f"{key} is a section of keys such as {inner}. Set one of these.")
        if key.startswith("paths.") and not isinstance(value, str):
            raise UserError(f"{key}={value} is not allowed. Give one folder.")
        expected = _other_kind(key, value, known.get(key))
        if expected:
            raise UserError(f"{key}={value} is not allowed. Give {expected}.")


def _other_kind(key: str, value: object, default: object) -> str:
    """Returns what to give in the place of a value; empty where it is of the default's kind."""
    if isinstance(default, bool) and not isinstance(value, bool):
        return "true or false"
    # A whole number is for check_settings to answer.
    if _is_number(default) and not _is_number(value) and key.rpartition(".")[2] not in LEAST:
        return f"a number, such as {default}"
    if _are_numbers(default) and default and isinstance(value, list) and not _are_numbers(value):
        return f"numbers, such as {default}"
    return ""


def _check_added(words: Sequence[str], known: Sequence[str]) -> None:
    for word in words:
        key = word.lstrip("+").split("=")[0].split("@")[0].split(".")[0].split("/")[0]
        if word.startswith("+") and key not in known:
            raise UserError(
                f"'{key}' is not a key, and nothing would read it. {nearest(key, known)}"
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_numbers(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))


def _leaves(values: Mapping[str, object], place: str = "") -> Iterator[tuple[str, object]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{place}{key}.")
        else:
            yield f"{place}{key}", value
