"""What was asked of a race: values of its own words, and the conditions that it is of."""

from __future__ import annotations

from collections.abc import Sequence

from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from project.cli.checks import check_words
from project.cli.compose import load_config
from project.cli.sentences import explain
from project.errors import UserError
from project.networks.sizes import check_size
from project.race.entries import condition_words
from project.race.rules import NONE
from project.runs.preflight import check

LEAST = {"race_seeds": 1, "final_seeds": 2, "most_final_seeds": 2, "parallel": 1}
# Another of these is another race.
RACE = ("conditions", "more_conditions", "sizes", "kimg", "race_seeds", "final_seeds", "held_out")
KEYS = (*RACE, "most_final_seeds", "hours", "plan", "parallel")
DECIDED = ("epochs", "seed", "da", "score_every", "scorings")
OF_ALL = ("data", "n", "size", "kimg", "backbone", "paths", "scored_images")
DATA = "Name the pictures, such as data=folder data.root=my_pictures."


def key_of(word: str) -> str:
    """Returns the key of a word of the command line."""
    return word.split("=")[0]


def check_asked(settings: DictConfig, words: Sequence[str]) -> None:
    """Checks values that can be judged by themselves.

    Args:
        settings: of the race.
        words: of its runs.

    Raises:
        UserError: one is not allowed.
    """
    if not any(word.startswith("data=") for word in words):
        raise UserError(f"data= is missing. {DATA}")
    given = {key: settings[key] for key in KEYS if settings[key] is not None}
    for key in ("hours", "held_out", *({"kimg"} & set(given))):
        value = settings[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
            raise UserError(f"{key}={value} is not allowed. Give a number above 0.")
    if not given["held_out"] < 1:
        raise UserError(f"held_out={given['held_out']} is not allowed. Give a share below 1.")
    for key in set(LEAST) & set(given):
        value, least = given[key], LEAST[key]
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise UserError(f"{key}={value} is not allowed. Give a whole number from {least}.")
    if not names(settings.conditions):
        raise UserError("conditions= names nothing. Give options of da=: conditions=[flip,vflip].")
    if not isinstance(settings.sizes, Sequence) or not settings.sizes:
        raise UserError("sizes= names nothing. Give sides in pixels: sizes=[32,64].")
    for size in [*settings.sizes, *(w.partition("=")[2] for w in words if key_of(w) == "size")]:
        check_size(int(size) if str(size).isdecimal() else size)
    for word in words:
        if key_of(word) in DECIDED:
            raise UserError(f"{word} is what the race decides on. Leave it out.")


def names(conditions: object) -> list[str]:
    """Reads a list of conditions, or words with commas between them."""
    if isinstance(conditions, str):
        return [name.strip() for name in conditions.split(",") if name.strip()]
    return [str(name) for name in conditions] if isinstance(conditions, Sequence) else []


def races_of(
    settings: DictConfig, line: Sequence[str], words: Sequence[str]
) -> list[dict[str, int]]:
    """Returns the conditions of the race that is wished for, then of what to make do with.

    Args:
        settings: of the race.
        line: the command line.
        words: of its runs.

    Returns:
        conditions, none the first of them -> images in their training sets.

    Raises:
        UserError: one is no condition, or none that can be raced.
    """
    lists = [names(settings.conditions)]
    if not any(key_of(word) == "conditions" for word in line):
        lists.insert(0, [*lists[0], *names(settings.more_conditions)])
    named = [name for name in map(condition_words, lists[0]) if name != NONE]
    if not named:
        raise UserError("conditions= names none alone. Name what it is to be compared with, too.")
    images: dict[str, int] = {}
    hashes: dict[str, str] = {}
    for name in (NONE, *dict.fromkeys(named)):
        images[name], key = _images_of(words, name)
        if key in hashes:
            raise UserError(
                f"conditions= names one training twice: '{hashes[key]}' and '{name}'. Leave one "
                "out."
            )
        hashes[key] = name
    return [{name: images[name] for name in (NONE, *map(condition_words, some))} for some in lists]


def _images_of(words: Sequence[str], condition: str) -> tuple[int, str]:
    """Returns how many images a condition trains on, and the config hash of its runs.

    Raises:
        UserError: it is no condition, or none that can be raced.
    """
    own = condition.split()
    for word in own:
        if key_of(word) in (*OF_ALL, *DECIDED[:2]) or word.startswith("data."):
            raise UserError(
                f"conditions= has '{condition}', but {word} is what all conditions have in common. "
                "Give it as a word of its own, or leave it out."
            )
    line = [*words, *own, "kimg=1"]
    try:
        config = load_config("config", line)
    except (HydraException, OmegaConfBaseException) as error:
        raise UserError(explain(error, line) or str(error)) from error
    check_words(config, line)
    if "gen" in config.da.kinds:
        raise UserError(
            f"{condition} needs a GAN of its own first, for which a race has no room. Leave it out."
        )
    inputs = check(config)
    count = len(inputs.images)
    images = count + sum(inputs.da.counts(count).values()) if inputs.da else count
    return images, inputs.config_hash
