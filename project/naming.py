"""What a run is called, from the words of its command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def experiment_name(overrides: Sequence[str]) -> str:
    """Returns the option of ``experiment=``."""
    named = [word.split("=", 1)[1] for word in overrides if word.startswith("experiment=")]
    return named[-1] if named else ""


def outputs_of(outputs: str, overrides: Sequence[str]) -> Path:
    """Returns the folder of an experiment's single runs, below ``paths.outputs``."""
    return Path(outputs) / experiment_name(overrides)


def readable(overrides: Sequence[str]) -> str:
    """Joins the words that tell one run from another."""
    dull = ("experiment=", "paths.", "resume=", "trainer", "logger", "hydra")
    return ",".join(word for word in overrides if not word.startswith(dull))
