"""What of a sweep is done, what is to be done, and how long that will take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import Timeout
from omegaconf import DictConfig
from rich.table import Table

from project.cli.checks import check_words
from project.cli.compose import load_config
from project.cli.sentences import explain
from project.runs import locks, run_folder
from project.runs.duration import readable_time
from project.runs.preflight import Inputs, check
from project.runs.resume import resumable
from project.sweeps.command_line import Job, Sweep
from project.sweeps.messages import console, say

DONE, GO_ON, TO_DO, BUSY, BAD = "done", "to go on", "to do", "elsewhere", "not possible"
STATES = (DONE, GO_ON, TO_DO, BUSY, BAD)


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

    def state(self, folder: Path) -> str:
        """Returns one of `STATES`, from what is in the sweep's folder."""
        if self.problem:
            return BAD
        if any(run_folder.finished([folder], self.key)):
            return DONE
        left = list(run_folder.unfinished([folder], self.key))
        if self._is_held() or any(map(locks.is_held, left)):
            return BUSY
        return GO_ON if any(resumable(left)) else TO_DO

    def _is_held(self) -> bool:
        lock = locks.of_hash(self.cache, self.key)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return True
        lock.release(force=True)
        return False


def plan(sweep: Sweep) -> list[Planned]:
    """Checks every job, and puts those first that others need.

    Args:
        sweep: the jobs.

    Returns:
        Each job, what cannot be run too; of two that are the same run, the first.
    """
    found: dict[str, Planned] = {}
    with console.status("Looking at the jobs"):
        for number, job in enumerate(sweep.jobs):
            try:
                config = load_config("config", list(job.words))
                check_words(config, job.words)
                inputs = check(config)
            except Exception as error:
                sentence = explain(error, job.words) or f"{type(error).__name__}: {error}"
                found[f"bad {number}"] = Planned(job, problem=sentence)
                continue
            planned = Planned(
                job=job,
                key=inputs.config_hash,
                needs=inputs.needs,
                work=_work(config, inputs),
                cache=config.paths.cache,
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


def time_left(jobs: Sequence[Planned], folder: Path, at_once: int = 1) -> str:
    """Estimates how long the unfinished jobs take, from the speed of the finished ones.

    Args:
        jobs: the plan.
        folder: of the sweep.
        at_once: jobs that are run at the same time.

    Returns:
        A sentence after a space; empty where nothing is left.
    """
    seconds = work = 0.0
    for planned in jobs:
        for run in run_folder.finished([folder], planned.key) if planned.key else ():
            result = run_folder.read_result(run) or {}
            # A resumed run tells the time of its last sitting alone.
            if not result.get("resumed") and result.get("wall_seconds"):
                seconds += result["wall_seconds"]
                work += planned.work
    left = sum(p.work for p in jobs if p.state(folder) in (GO_ON, TO_DO))
    if not work:
        return " How long it takes is known after the first job."
    seconds_left = left * seconds / work / at_once
    return f" About {readable_time(seconds_left)} left." if left else ""


def show_plan(jobs: Sequence[Planned], folder: Path) -> None:
    """Prints what is done and what is to do, by condition, and what is not possible.

    Args:
        jobs: the plan.
        folder: of the sweep.
    """
    states = {planned.job: planned.state(folder) for planned in jobs}
    counts = Counter(states.values())
    present = [state for state in STATES if counts[state]]
    table = Table("condition", *present)
    for condition in dict.fromkeys(job.condition for job in states):
        own = Counter(state for job, state in states.items() if job.condition == condition)
        table.add_row(condition or "the defaults", *(str(own[state] or "") for state in present))
    console.print(table)
    for planned in jobs:
        if planned.problem:
            say(f"not possible: {planned.job.title}: {planned.problem}")
    summary = ", ".join(f"{counts[state]} {state}" for state in present)
    say(f"{len(jobs)} jobs in {folder}: {summary}.{time_left(jobs, folder)}")


def _work(config: DictConfig, inputs: Inputs) -> float:
    images = len(inputs.images)
    policy = inputs.da
    joined = images + sum(policy.counts(images).values()) if policy else images
    return float(joined * config.epochs)
