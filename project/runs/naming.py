"""What a run is called, from the words of its command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

DULL = ("--config-dir", "experiment=", "paths.", "resume=", "trainer", "logger", "hydra")
# What tells runs apart: it is kept where not all words find a place.
FIRST = ("data=", "da=", "ratio=", "seed=")
# What is a path says nothing in a name.
PATH = re.compile(r"[^=]*\b(root|weights|classifier|run)=|.*/")
# With the date before it, or a sweep's words around it, less than the 128 that W&B takes.
LONGEST = 80


def experiment_name(overrides: Sequence[str]) -> str:
    """Returns the option of ``experiment=``."""
    named = [word.split("=", 1)[1] for word in overrides if word.startswith("experiment=")]
    return named[-1] if named else ""


def outputs_of(outputs: str, overrides: Sequence[str]) -> Path:
    """Returns the folder of an experiment's single runs, below ``paths.outputs``."""
    return Path(outputs) / experiment_name(overrides)


def readable(overrides: Sequence[str]) -> str:
    """Joins the words that tell one run from another to a part of a folder's name.

    At most 80 characters: `FIRST` have their place before all others, and a word that would be
    beyond them is left out. Neither = nor , is in it: they would have to be quoted in
    ``resume=<folder>`` and ``run=<folder>``.
    """
    words = [word for word in overrides if not word.startswith(DULL) and not PATH.match(word)]
    parts = [_plain(word) for word in words]
    kept: list[int] = []
    for at in sorted(range(len(words)), key=lambda at: not words[at].startswith(FIRST)):
        if len(_joined([parts[i] for i in [*kept, at]])) <= LONGEST:
            kept.append(at)
    return _joined([parts[at] for at in sorted(kept)])


def _plain(word: str) -> str:
    return re.sub(r"[^A-Za-z0-9._+-]+", "-", word.replace(",", "_")).strip("-_")


def _joined(parts: Sequence[str]) -> str:
    return "_".join(filter(None, parts))
