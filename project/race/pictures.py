"""What there is to train on: counted, looked at and told before a race."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hydra.utils import instantiate

from project.cli.compose import load_config
from project.data.source import ImageSource
from project.errors import UserError

EXPERIMENT = "experiment=da_pictures"
FEWEST_HELD_OUT = 50
FEWEST = 2 * FEWEST_HELD_OUT  # pictures that can be told anything from


@dataclass(frozen=True)
class Pictures:
    """The pictures of a race.

    Attributes:
        described: the data set, in words.
        train: how many are trained on.
        held_out: how many are not.
        copies: among those trained on, copies of others.
        skipped: corrupt ones, left out.
        size: side in pixels to which they are brought.
        channels: 1 grey, 3 colour.
    """

    described: str
    train: int
    held_out: int
    copies: int
    skipped: int
    size: int
    channels: int


def experiment_words(words: Sequence[str]) -> list[str]:
    """Returns the words that every run of a race begins with."""
    named = any(word.startswith("experiment=") for word in words)
    return [*([] if named else [EXPERIMENT]), *words]


def look(words: Sequence[str], share: float) -> Pictures:
    """Reads the pictures, and sets some apart that are never trained on.

    Args:
        words: of the command line, for the runs.
        share: of the pictures that is held out.

    Raises:
        UserError: they are too few, or nearly all the same.
    """
    config = load_config("config", experiment_words(words))
    source: ImageSource = instantiate(config.data)
    total = len(source.names)
    if total < FEWEST:
        raise UserError(
            f"{source.describe()} has {total} pictures: too few to tell. Of {FEWEST} or more, "
            f"{FEWEST_HELD_OUT} are held out to compare with, and the others trained on."
        )
    if config.n is None:
        held_out = max(FEWEST_HELD_OUT, round(share * total))
        config.n = total - held_out
        source = instantiate(config.data)
    elif total - config.n < FEWEST_HELD_OUT:
        raise UserError(
            f"n={config.n} of {total} pictures leaves {total - config.n} to compare with, and "
            f"{FEWEST_HELD_OUT} are needed. Give n={total - FEWEST_HELD_OUT} or less, or leave n "
            "out."
        )
    images = source.load()
    distinct = len(images) - images.copies
    if distinct < FEWEST_HELD_OUT:
        raise UserError(
            f"Of {len(images)} pictures that would be trained on, only {distinct} are different "
            f"ones: too few to tell. Give {FEWEST} different pictures or more."
        )
    return Pictures(
        described=source.describe(),
        train=len(images),
        held_out=len(source.left_over),
        copies=images.copies,
        skipped=len(images.skipped),
        size=source.size,
        channels=source.channels,
    )


def tell(pictures: Pictures) -> Iterator[str]:
    """Says what was found."""
    yield (
        f"{pictures.described}: {pictures.train} pictures to train on, {pictures.held_out} held "
        "out to compare with, never trained on."
    )
    if pictures.copies:
        yield f"{pictures.copies} of them are copies of others."
    if pictures.skipped:
        yield f"{pictures.skipped} are corrupt and left out."
