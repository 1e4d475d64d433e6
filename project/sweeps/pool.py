"""Runs jobs of a sweep at the same time, each in a process of its own on this machine.

A job starts as soon as another one ends. What becomes of a process concerns its own job alone.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import project
from project.cli import config_dir
from project.runs.processes import THREADS
from project.sweeps.cards import VISIBLE, freest_card
from project.sweeps.plan import Planned
from project.sweeps.run_job import FAILED

LOGS = ".jobs"  # in the sweep's folder: what each job said
POLLED = 0.1  # seconds
COMMAND = ("-m", "project.sweeps.run_job")


@dataclass(frozen=True)
class Room:
    """What jobs share.

    Attributes:
        at_once: how many run at the same time.
        threads: cores of each, as OpenMP takes them.
        cards: GPUs, over which the jobs are spread; none: they are left to see what is there.
    """

    at_once: int
    threads: str
    cards: Sequence[str]


@dataclass(frozen=True)
class _Running:
    planned: Planned
    card: str | None
    log: Path
    process: subprocess.Popen[bytes]


def next_job(waiting: Sequence[Planned], running: Collection[str]) -> Planned | None:
    """Returns the first job that needs neither a waiting nor a running one.

    Args:
        waiting: in order.
        running: config hashes.
    """
    not_there = {*running, *(planned.key for planned in waiting)}
    return next((planned for planned in waiting if not planned.needs & not_there), None)


def run_pool(
    jobs: Sequence[Planned],
    words: Callable[[Planned], Sequence[str]],
    folder: Path,
    room: Room,
    tell: Callable[[Planned], None],
) -> Mapping[Planned, str]:
    """Runs jobs.

    Args:
        jobs: in order.
        words: the command line of each.
        folder: of the sweep.
        room: how many at a time, and on what.
        tell: is called with each before it starts.

    Returns:
        Why jobs failed.
    """
    waiting = list(jobs)
    running: list[_Running] = []
    reasons: dict[Planned, str] = {}
    try:
        while waiting or running:
            while len(running) < room.at_once:
                planned = next_job(waiting, [one.planned.key for one in running])
                if planned is None:
                    break
                waiting.remove(planned)
                tell(planned)
                card = freest_card(room.cards, [one.card for one in running])
                log = folder / LOGS / f"{jobs.index(planned) + 1:04d}.log"
                running.append(_start(planned, words(planned), card, room.threads, log))
            time.sleep(POLLED)
            for one in [one for one in running if one.process.poll() is not None]:
                running.remove(one)
                if one.process.returncode:
                    reasons[one.planned] = _reason(one)
    except BaseException:
        # Once, as a queue does: a second signal would end a job before it has saved.
        for one in running:
            one.process.send_signal(signal.SIGTERM)
        for one in running:
            one.process.wait()
        raise
    return reasons


def environment(card: str | None, threads: str) -> dict[str, str]:
    """Returns what a job's process finds set before it loads anything."""
    own = {THREADS: threads} | ({VISIBLE: card} if card is not None else {})
    code = [str(Path(project.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, **own, "PYTHONPATH": os.pathsep.join(filter(None, code))}


def _start(
    planned: Planned, words: Sequence[str], card: str | None, threads: str, log: Path
) -> _Running:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, *COMMAND, *config_dir.words(), *words],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment(card, threads),
            process_group=0,  # Ctrl-C is for the sweep, which hands it on once
        )
    return _Running(planned, card, log, process)


def _reason(one: _Running) -> str:
    said = one.log.read_text(encoding="utf-8", errors="replace")
    told = re.split(rf"^{FAILED}", said, flags=re.MULTILINE)
    if len(told) > 1 and one.process.returncode > 0:
        return told[-1].strip()
    code = one.process.returncode
    by = f" ({signal.Signals(-code).name})" if code < 0 else ""
    return f"its process ended early{by}; what it said is in {one.log}"
