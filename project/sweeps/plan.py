"""What of a sweep is done, what is to be done, and how long that will take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from project.cli.sentences import explain
from project.runs import locks, lookup
from project.runs.duration import readable_time
from project.runs.resume import resumable
from project.sweeps.command_line import Job, Sweep
from project.sweeps.messages import console, say
from project.sweeps.outlook import Outlooks

DONE, GO_ON, TO_DO, BUSY, BAD = "done", "to go on", "to do", "elsewhere", "not possible"
STATES = (DONE, GO_ON, TO_DO, BUSY, BAD)
# What is in a sweep's folder, as `lookup.by_hash` reads it.
Runs = Mapping[str, Sequence[tuple[Path, dict[str, Any]]]]


@dataclass(frozen=True)
class Planned:
    """A job that was checked before any is run.

    Attributes:
        job: the job.
        key: its config hash; empty where it is not possible.
        problem: why it is not possible.
        needs: config hashes of the runs that it needs.
        work: images that it trains on in all its epochs; jobs take as long as they have work.
        cache: ``paths.cache``.
    """

    job: Job
    key: str = ""
    problem: str = ""
    needs: frozenset[str] = field(default_factory=frozenset)
    work: float = 0.0
    cache: str = ""

    def state(self, there: Runs) -> str:
        """Returns one of `STATES`, from the runs that are in the sweep's folder."""
        if self.problem:
            return BAD
        if self.finished(there):
            return DONE
        left = [run for run, _ in there.get(self.key, ())]
        held = locks.is_taken(locks.of_hash(self.cache, self.key))
        if held or any(map(locks.is_held, left)):
            return BUSY
        return GO_ON if any(resumable(left)) else TO_DO

    def finished(self, there: Runs) -> dict[str, Any]:
        """Returns the result of the job's finished run; empty where there is none yet."""
        runs = there.get(self.key, ()) if self.key else ()
        done = (said for run, said in runs if lookup.is_finished(run, said.get("status")))
        return next(done, {})


def plan(sweep: Sweep) -> list[Planned]:
    """Checks every job, and puts those first that others need.

    Args:
        sweep: the jobs.

    Returns:
        Each job, what cannot be run too; of two that are the same run, the first.
    """
    found: dict[str, Planned] = {}
    outlooks = Outlooks()
    with console.status("Looking at the jobs"):
        for number, job in enumerate(sweep.jobs):
            try:
                outlook = outlooks.of(job.words)
            except Exception as error:
                sentence = explain(error, job.words) or f"{type(error).__name__}: {error}"
                found[f"bad {number}"] = Planned(job, problem=sentence)
                continue
            planned = Planned(
                job=job,
                key=outlook.config_hash,
                needs=outlook.needs,
                work=outlook.work,
                cache=outlook.cache,
            )
            found.setdefault(planned.key, planned)
    all_needed = {key for planned in found.values() for key in planned.needs}
    return sorted(found.values(), key=lambda planned: planned.key not in all_needed)


def waves(jobs: Sequence[Planned], at_once: int) -> Iterator[list[Planned]]:
    """Yields jobs to run at the same time: none needs another of them.

    Args:
        jobs: what is to be run, in order.
        at_once: how many at most.
    """
    wave: list[Planned] = []
    for planned in jobs:
        if len(wave) == at_once or planned.needs & {other.key for other in wave}:
            yield wave
            wave = []
        wave.append(planned)
    if wave:
        yield wave


def time_left(jobs: Sequence[Planned], there: Runs, at_once: int = 1) -> str:
    """Estimates how long the unfinished jobs take, from the speed of the finished ones.

    Args:
        jobs: the plan.
        there: the runs in the sweep's folder.
        at_once: jobs that are run at the same time.

    Returns:
        A sentence after a space; empty where nothing is left.
    """
    results = {planned.key: planned.finished(there) for planned in jobs}
    # Of a run that went on there is the time of all its parts, but not the work of its last.
    told = [p for p in jobs if results[p.key].get("wall_seconds")]
    whole = [p for p in told if not results[p.key].get("resumed")]
    if told and not whole:
        return ""
    seconds = sum(results[p.key]["wall_seconds"] for p in whole)
    work = sum(p.work for p in whole)
    left = sum(p.work for p in jobs if p.state(there) in (GO_ON, TO_DO))
    if not work:
        return " How long it takes is known after the first job."
    seconds_left = left * seconds / work / at_once
    return f" About {readable_time(seconds_left)} left." if left else ""


def show_plan(jobs: Sequence[Planned], folder: Path, at_once: int = 1) -> None:
    """Prints what is done and what is to do, by condition, and what is not possible.

    Args:
        jobs: the plan.
        folder: of the sweep.
        at_once: jobs that are run at the same time.
    """
    there = lookup.by_hash(folder)
    states = {planned.job: planned.state(there) for planned in jobs}
    counts = Counter(states.values())
    present = [state for state in STATES if counts[state]]
    table = Table(Column("condition", overflow="fold"), *present)
    for condition in dict.fromkeys(job.condition for job in states):
        own = Counter(state for job, state in states.items() if job.condition == condition)
        name = Text(condition or "the defaults")  # of which [flip,gen] is no markup
        table.add_row(name, *(str(own[state] or "") for state in present))
    console.print(table)
    for planned in jobs:
        if planned.problem:
            say(f"not possible: {planned.job.title}: {planned.problem}")
    summary = ", ".join(f"{counts[state]} {state}" for state in present)
    say(f"{len(jobs)} jobs in {folder}: {summary}.{time_left(jobs, there, at_once)}")
