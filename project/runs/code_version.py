"""Which code made a result: the version of the package, and of its checkout the commit."""

from __future__ import annotations

import importlib.metadata
import subprocess
from pathlib import Path

HERE = Path(__file__).parents[2]
PACKAGE = "little-data-gans"


def code_version() -> dict[str, str | bool]:
    """Returns ``version``, and in a checkout ``commit`` and whether it was ``clean``."""
    found: dict[str, str | bool] = {}
    try:
        found["version"] = importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        found["version"] = "not installed"
    if (HERE / ".git").exists():
        commit, changes = (
            _git("rev-parse", "HEAD"),
            _git("status", "--porcelain", "project", "conf"),
        )
        if commit is not None and changes is not None:
            found |= {"commit": commit, "clean": not changes}
    return found


def _git(*words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(HERE), *words], capture_output=True, text=True, check=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
