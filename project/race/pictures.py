"""What there is to train on: counted, looked at and told before a race."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from hydra.utils import instantiate
from numpy.typing import NDArray
from omegaconf import DictConfig

from project.cli.compose import load_config
from project.data.listing import told
from project.data.source import ImageSet, ImageSource, digests
from project.errors import UserError
from project.race.duplicates import kindest_split, near_duplicates, seen_before

EXPERIMENT = "experiment=da_pictures"
SCORED = "scored_weights=average_alone"  # of which the measure is that decides; in half the time
FEWEST_HELD_OUT = 50
FEWEST = 2 * FEWEST_HELD_OUT  # pictures that can be told anything from
MOST_COMPARED = 10_000  # pictures that are looked through for near-duplicates, in seconds
GREY = 2.0  # mean difference of the channels, of 255, below which a picture is grey


@dataclass(frozen=True)
class Pictures:
    """The pictures of a race.

    Attributes:
        described: the data set, in words.
        n: how many are drawn to be trained on, corrupt ones among them.
        seed: of the split (``data.seed``).
        train: how many are trained on.
        held_out: how many are not.
        repeated: how often the picture is there that is there most often.
        example: its name.
        alike: pairs of near-duplicates, copies among them; None where there are too many pictures
            to look.
        seen: pictures held out that have one among those trained on.
        skipped: corrupt ones, left out.
        left_out: what else was found, how many of each kind.
        sides: smallest, median and largest shorter side in pixels; 0 where they have none.
        grey: how many have no colour.
        looked_at: how many of all that was counted among.
        fingerprint: of those trained on.
    """

    described: str
    n: int
    seed: int
    train: int
    held_out: int
    repeated: int
    example: str
    alike: int | None
    seen: int
    skipped: int
    left_out: Mapping[str, int]
    sides: tuple[int, int, int]
    grey: int
    looked_at: int
    fingerprint: str


def experiment_words(words: Sequence[str]) -> list[str]:
    """Returns the words that every run of a race begins with."""
    named = {word.split("=")[0] for word in words}
    return [*(word for word in (EXPERIMENT, SCORED) if word.split("=")[0] not in named), *words]


def look(words: Sequence[str], share: float) -> Pictures:
    """Reads the pictures, and sets some apart that are never trained on.

    Near-duplicates stand on one side of the split where one of 200 seeds can do that.

    Args:
        words: of the command line, for the runs, with a size.
        share: of the pictures that is held out.

    Raises:
        UserError: they are too few, or nearly all the same.
    """
    config = load_config("config", experiment_words(words))
    chosen = config.n is not None or any(word.startswith("data.seed=") for word in words)
    everything = config.n is None
    source: ImageSource = instantiate(config.data)
    total = _checked_count(source, config)
    if everything:
        config.n = total - max(FEWEST_HELD_OUT, round(share * total))
        source = instantiate(config.data)
    train, others = source.load(), source.held_out(None if everything else config.n)
    images = np.concatenate([train.images, others.images])
    repeated, example = _most_repeated(images, [*train.names, *others.names])
    pairs = None
    if len(images) <= MOST_COMPARED:
        pairs = _numbers(source, train, others)[near_duplicates(images)]
        if not chosen:
            config.data.seed = kindest_split(pairs, total, config.n)
            source = instantiate(config.data)
            train = source.load()
    _check_distinct(train)
    spread = images.max(axis=1).astype(np.float32) - images.min(axis=1)
    return Pictures(
        described=source.describe(),
        n=config.n,
        seed=config.data.seed,
        train=len(train),
        held_out=len(source.left_over),
        repeated=repeated,
        example=example,
        alike=None if pairs is None else len(pairs),
        seen=0 if pairs is None else seen_before(pairs, total, config.n, config.data.seed),
        skipped=len(train.skipped),
        left_out=source.left_out,
        sides=_sides(source),
        grey=int((spread.mean(axis=(1, 2)) < GREY).sum()),
        looked_at=len(images),
        fingerprint=train.fingerprint,
    )


def _checked_count(source: ImageSource, config: DictConfig) -> int:
    total = len(source.names)
    if total < FEWEST:
        raise UserError(
            f"{source.describe()} has {total} pictures: too few to tell. Of {FEWEST} or more, "
            f"{FEWEST_HELD_OUT} are held out to compare with, and the others trained on."
        )
    if config.n is not None and total - config.n < FEWEST_HELD_OUT:
        raise UserError(
            f"n={config.n} of {total} pictures leaves {total - config.n} to compare with, and "
            f"{FEWEST_HELD_OUT} are needed. Give n={total - FEWEST_HELD_OUT} or less, or leave n "
            "out."
        )
    return total


def _check_distinct(images: ImageSet) -> None:
    if len(images) < FEWEST_HELD_OUT:
        raise UserError(
            f"Only {len(images)} pictures would be trained on, and {FEWEST_HELD_OUT} are needed. "
            "Give a smaller share held_out=, a larger n=, or more pictures."
        )
    distinct = len(images) - images.copies
    if distinct < FEWEST_HELD_OUT:
        raise UserError(
            f"Of {len(images)} pictures that would be trained on, only {distinct} are different "
            f"ones: too few to tell. Give {FEWEST} different pictures or more."
        )


def _most_repeated(images: NDArray[np.uint8], names: Sequence[str]) -> tuple[int, str]:
    """Returns how often a picture is there, pixel by pixel, and its name, of the one most often."""
    found = digests(images)
    ((most, count),) = Counter(found).most_common(1)
    return count, min(name for name, digest in zip(names, found, strict=True) if digest == most)


def _numbers(source: ImageSource, *sets: ImageSet) -> NDArray[np.int64]:
    """Returns the numbers that decoded pictures have in their source."""
    number = {name: place for place, name in enumerate(source.names)}
    return np.array([number[name] for images in sets for name in images.names], np.int64)


def _sides(source: ImageSource) -> tuple[int, int, int]:
    sides = source.shorter_sides(source.drawn)
    sides = sides[sides > 0]
    if not len(sides):
        return 0, 0, 0
    return int(sides.min()), int(np.median(sides)), int(sides.max())


def tell(pictures: Pictures) -> Iterator[str]:
    """Says what was found."""
    yield (
        f"{pictures.described}: {pictures.train} pictures to train on, {pictures.held_out} held "
        "out to compare with, never trained on."
    )
    least, median, most = pictures.sides
    sides = f", shorter sides {least} to {most} pixels, median {median}" if most else ""
    yield f"{_colours(pictures)}{sides}."
    if pictures.left_out:
        yield f"Left out, as no pictures: {told(pictures.left_out)}."
    if pictures.repeated > 1:
        yield (
            f"One picture is there {pictures.repeated} times ({pictures.example}): remove all but "
            "one, or the GAN learns to draw it."
        )
    if pictures.skipped:
        yield f"Corrupt and left out: {pictures.skipped}."
    if pictures.alike is None:
        yield f"More than {MOST_COMPARED} pictures: near-duplicates were not looked for."
    elif pictures.alike:
        yield f"Pairs of near-duplicates: {pictures.alike}; {_seen(pictures)}"


def _colours(pictures: Pictures) -> str:
    if pictures.grey == pictures.looked_at:
        return "All grey"
    ones = f"grey one{'s' if pictures.grey > 1 else ''}"
    return f"Colour, but for {pictures.grey} {ones}" if pictures.grey else "Colour"


def _seen(pictures: Pictures) -> str:
    if not pictures.seen:
        return "none is parted by the split."
    have = "has" if pictures.seen == 1 else "have"
    return (
        f"{pictures.seen} of the {pictures.held_out} pictures held out {have} one among those "
        "trained on, so that they are not unseen: remove one of each pair."
    )
