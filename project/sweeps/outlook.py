"""What each run of a sweep would be: its hash, what it needs, how long it takes.

Runs that differ in their seed alone are looked at once, and what others have in common, such as
their images, is loaded once: a plan of a thousand jobs takes seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from omegaconf import DictConfig

from project.cli.checks import check_settings, check_words
from project.cli.compose import as_written, plain
from project.runs.identity import hash_of, hashed
from project.runs.preflight import Inputs, check
from project.runs.prerequisites import check_named, declared

KEPT = 4  # things in common that are held at a time: images of several sets are large


@dataclass(frozen=True)
class Outlook:
    """A run that can be done.

    Attributes:
        config_hash: of the run.
        needs: config hashes of the runs that it needs.
        work: images that it trains on in all its epochs; runs take as long as they have work.
    """

    config_hash: str
    needs: frozenset[str]
    work: float


@dataclass(frozen=True)
class _Alike:
    """What is the same whatever the seed."""

    images: str
    needed: frozenset[str]
    settings: dict[str, float]
    work: float


class Outlooks:
    """Finds out what runs would be."""

    def __init__(self) -> None:
        self._alike: dict[str, _Alike] = {}
        self._found: dict[tuple[str, str], Outlook] = {}
        self._kept: dict[str, Any] = {}

    def of(self, config: DictConfig, words: Sequence[str]) -> Outlook:
        """Finds out what a run would be, and whether it can be done.

        Args:
            config: of the run.
            words: that the user composed it from; none of a run that another one needs.

        Raises:
            UserError: it cannot.
        """
        written = as_written(config)
        written.pop("seed", None)
        key = json.dumps(written, sort_keys=True, default=str)
        seeded = key, str(config.get("seed"))
        if seeded not in self._found:
            if key in self._alike:
                self._found[seeded] = self._with_other_seed(config, self._alike[key])
            else:
                if words:
                    check_words(config, words)
                inputs = check(config, self._once)
                self._alike[key] = alike = _alike(config, inputs)
                self._found[seeded] = Outlook(inputs.config_hash, inputs.needs, alike.work)
        return self._found[seeded]

    def _with_other_seed(self, config: DictConfig, alike: _Alike) -> Outlook:
        needed = declared(config, "prerequisites")
        hashes = {
            name: self.of(needed[name].config, ()).config_hash
            if needed[name].folder is None
            else check_named(needed[name], config.prerequisites[name], alike.images)
            for name in alike.needed
        }
        config.update(alike.settings)
        sections = hashed(config)
        check_settings(sections, nullable=())
        key = hash_of(sections, alike.images, hashes)
        return Outlook(key, frozenset(hashes.values()), alike.work)

    def _once(self, what: str, section: DictConfig, make: Callable[[], Any]) -> Any:
        key = f"{what} {json.dumps(plain(section), sort_keys=True, default=str)}"
        if key not in self._kept:
            made = make()
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = made
        return self._kept[key]


def _alike(config: DictConfig, inputs: Inputs) -> _Alike:
    images, policy = len(inputs.images), inputs.da
    joined = images + sum(policy.counts(images).values()) if policy else images
    # Those that follow from kimg=, which the check works out.
    settings = {key: config[key] for key in ("epochs", "score_every") if config.get("kimg")}
    return _Alike(
        images=inputs.images.fingerprint,
        needed=frozenset(inputs.prerequisites),
        settings=settings,
        work=float(joined * config.epochs),
    )
