"""What each run of a sweep would be: its hash, what it needs, how long it takes.

Runs that differ in their seed alone are looked at once, and what others have in common, such as
their images, is loaded once: a plan of a thousand jobs takes seconds.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from omegaconf import DictConfig

from project.cli.checks import check_settings, check_words
from project.cli.compose import load_config, plain
from project.runs.identity import hash_of, hashed
from project.runs.preflight import Inputs, check
from project.runs.prerequisites import Prerequisite, check_named, declared

KEPT = 4  # things in common that are held at a time: images of several sets are large
SEED = re.compile(r"seed=(0|[1-9]\d*)")  # as Hydra reads whole numbers

Words = tuple[str, ...]


@dataclass(frozen=True)
class Outlook:
    """A run that can be done.

    Attributes:
        config_hash: of the run.
        needs: config hashes of the runs that it needs.
        work: images that it trains on in all its epochs; runs take as long as they have work.
        cache: ``paths.cache``.
    """

    config_hash: str
    needs: frozenset[str]
    work: float
    cache: str


@dataclass(frozen=True)
class _Alike:
    """Runs that differ in their seed alone.

    Attributes:
        written: their config, with the seed of whichever was looked at last.
        checked: the same with what the check worked out, such as the epochs of ``kimg``.
        images: fingerprint.
        learned: fingerprint of all that is learned from.
        needed: names of the runs that they need.
        work: of each.
    """

    written: DictConfig
    checked: DictConfig
    images: str
    learned: str
    needed: frozenset[str]
    work: float


class Outlooks:
    """Finds out what runs would be."""

    def __init__(self) -> None:
        self._alike: dict[Words, _Alike] = {}
        self._found: dict[tuple[Words, int], Outlook] = {}
        self._kept: dict[str, Any] = {}

    def of(self, words: Sequence[str]) -> Outlook:
        """Finds out what a run would be, and whether it can be done.

        Args:
            words: its command line.

        Raises:
            UserError: it cannot.
        """
        others, seed = _apart(words)
        if seed is None or others not in self._alike:
            config = load_config("config", words)
            check_words(config, words)
            return self._first(others, config)
        return self._with_seed(others, seed)

    def _needed(self, one: Prerequisite) -> Outlook:
        others, seed = _apart(one.overrides)
        if seed is None or others not in self._alike:
            return self._first(others, one.config)
        return self._with_seed(others, seed)

    def _first(self, others: Words, config: DictConfig) -> Outlook:
        written = copy.deepcopy(config)
        inputs = check(config, self._once)
        self._alike[others] = _Alike(
            written=written,
            checked=config,
            images=inputs.images.fingerprint,
            learned=inputs.learned,
            needed=frozenset(inputs.prerequisites),
            work=_work(config, inputs),
        )
        return self._outlook(self._alike[others], inputs.config_hash, inputs.needs)

    def _with_seed(self, others: Words, seed: int) -> Outlook:
        if (others, seed) not in self._found:
            alike = self._alike[others]
            alike.written.seed = alike.checked.seed = seed
            sections = hashed(alike.checked)
            check_settings(sections, nullable=())
            hashes = self._needs(alike)
            key = hash_of(sections, alike.learned, hashes)
            found = self._outlook(alike, key, frozenset(hashes.values()))
            self._found[others, seed] = found
        return self._found[others, seed]

    def _needs(self, alike: _Alike) -> dict[str, str]:
        if not alike.needed:
            return {}
        needed = declared(alike.written, "prerequisites")
        return {
            name: self._needed(needed[name]).config_hash
            if needed[name].folder is None
            else check_named(needed[name], alike.written.prerequisites[name], alike.images)
            for name in alike.needed
        }

    def _outlook(self, alike: _Alike, key: str, needs: frozenset[str]) -> Outlook:
        return Outlook(key, needs, alike.work, alike.written.paths.cache)

    def _once(self, what: str, section: DictConfig, make: Callable[[], Any]) -> Any:
        key = f"{what} {json.dumps(plain(section), sort_keys=True, default=str)}"
        if key not in self._kept:
            made = make()
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = made
        return self._kept[key]


def _apart(words: Sequence[str]) -> tuple[Words, int | None]:
    """Returns the words without their seed, and the seed; None where it is not a plain one."""
    seeds = [word for word in words if word.startswith("seed=")]
    found = SEED.fullmatch(seeds[0]) if len(seeds) == 1 else None
    others = tuple(word for word in words if found is None or word != seeds[0])
    return others, int(found.group(1)) if found else None


def _work(config: DictConfig, inputs: Inputs) -> float:
    images, policy = len(inputs.images), inputs.da
    joined = images + sum(policy.counts(images).values()) if policy else images
    return float(joined * config.epochs)
