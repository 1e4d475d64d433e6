"""Work that is done once and kept: one process is at it, the others wait, and each says so."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import filelock
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")


@contextlib.contextmanager
def one_at_a_time(lock: Path, work: str) -> Iterator[None]:
    """Holds a lock, saying so where another run has it first.

    Args:
        lock: the file.
        work: what a run that holds it does, for a sentence.
    """
    held = filelock.FileLock(lock)
    try:
        held.acquire(timeout=0)
    except filelock.Timeout:
        _say(f"Waiting for another run that {work} ...")
        held.acquire()
    try:
        yield
    finally:
        held.release()


@functools.cache  # a run that waits for twelve sets of features says so once
def _say(sentence: str) -> None:
    Console(stderr=True).print(sentence)


def with_progress(
    results: Iterable[T], total: int, work: str, size: Callable[[T], int] = lambda _: 1
) -> Iterator[T]:
    """Shows a bar in a terminal while results come.

    Args:
        results: what is made, one after the other.
        total: how many images it will have been.
        work: what is done, for the bar.
        size: how many images a result is.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    # A console of its own: a training's progress bar may be on the other one.
    console = Console(stderr=True)
    bar = Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar as progress:
        # Escaped, or a folder's name in square brackets would be read as markup.
        task = progress.add_task(work.replace("[", r"\["), total=total)
        for result in results:
            yield result
            progress.advance(task, size(result))
