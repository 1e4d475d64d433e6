"""Finds runs by what they trained: their config hash. Torch-free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from project.runs.run_folder import CHECKPOINT, RESULT, read_result


def is_finished(folder: Path, status: object) -> bool:
    """Says whether a run ended, and left its weights."""
    return status == "finished" and (folder / CHECKPOINT).is_file()


def finished(parents: Sequence[Path], config_hash: str) -> Iterator[Path]:
    """Yields finished runs of this ``config_hash`` below ``parents``, newest first."""
    return (run for run, status in _of_hash(parents, config_hash) if is_finished(run, status))


def unfinished(parents: Sequence[Path], config_hash: str) -> Iterator[Path]:
    """Yields the other runs of this ``config_hash`` below ``parents``, newest first."""
    return (run for run, status in _of_hash(parents, config_hash) if not is_finished(run, status))


def by_hash(parent: Path) -> dict[str, list[tuple[Path, dict[str, Any]]]]:
    """Reads all runs below a folder once: config hash -> folders and results, newest first."""
    found: dict[str, list[tuple[Path, dict[str, Any]]]] = {}
    for folder, result in _results([parent]):
        found.setdefault(str(result.get("config_hash")), []).append((folder, result))
    return found


def _of_hash(parents: Sequence[Path], config_hash: str) -> Iterator[tuple[Path, str]]:
    for folder, result in _results(parents):
        if result.get("config_hash") == config_hash:
            yield folder, str(result.get("status"))


def _results(parents: Sequence[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    found = [path.parent for parent in parents for path in parent.glob(f"*/*/{RESULT}")]
    found += [path.parent for parent in parents for path in parent.glob(f"*/{RESULT}")]
    for folder in sorted(found, key=lambda folder: folder.name, reverse=True):
        if result := read_result(folder):
            yield folder, result
