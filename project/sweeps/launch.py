"""Runs the jobs of a sweep that are not done, by Hydra's launchers."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra._internal.callbacks import Callbacks
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext

from project.cli.config_dir import CONF
from project.cli.quoting import quoted
from project.cli.signals import Interrupted
from project.errors import UserError
from project.runs import lookup
from project.sweeps.command_line import Job, Sweep
from project.sweeps.messages import say
from project.sweeps.plan import BUSY, DONE, GO_ON, TO_DO, Planned, plan, show_plan, time_left, waves
from project.sweeps.run_job import run_job
from project.sweeps.score_table import print_table

THREADS = "OMP_NUM_THREADS"


def run_listed(sweep: Sweep) -> None:
    """Runs what is missing of a sweep, and prints its scores.

    Args:
        sweep: one without a search.

    Raises:
        UserError: jobs failed; the others were run all the same.
    """
    jobs, failed, busy = run_missing(sweep, preview=True)
    print_table(jobs, sweep.folder)
    print(f"report  python -m project.report {shlex.quote(f'runs={sweep.folder}')}")
    if busy:
        say(f"{busy} jobs are in the hands of another process.")
    if failed:
        reasons = [f"  {job.title}: {reason}" for job, reason in failed.items()]
        head = f"{len(failed)} of {len(jobs)} jobs failed; the same command tries them again:"
        raise UserError("\n".join([head, *reasons]))


def run_missing(sweep: Sweep, *, preview: bool) -> tuple[list[Planned], Mapping[Job, str], int]:
    """Runs the jobs of a sweep that are not done.

    Args:
        sweep: the jobs.
        preview: whether the plan is printed first.

    Returns:
        all jobs; why some failed; how many are in the hands of another process.

    Raises:
        UserError: none of them is possible.
    """
    folder = sweep.folder
    jobs = plan(sweep)
    if all(planned.problem for planned in jobs):
        raise UserError(jobs[0].problem)
    if preview:
        show_plan(jobs, folder)
    reasons = {planned.job: planned.problem for planned in jobs if planned.problem}
    there = lookup.by_hash(folder)
    to_run = [planned for planned in jobs if planned.state(there) in (GO_ON, TO_DO)]
    if to_run:
        with open_launcher(sweep) as (launcher, at_once):
            for wave in waves(to_run, at_once or len(to_run)):
                reasons |= _run_wave(launcher, wave, jobs, folder)
    there = lookup.by_hash(folder)
    states = {planned.job: planned.state(there) for planned in jobs}
    failed = [job for job, state in states.items() if state not in (DONE, BUSY)]
    busy = sum(state == BUSY for state in states.values())
    return jobs, {job: reasons.get(job) or "its process ended" for job in failed}, busy


@contextmanager
def open_launcher(sweep: Sweep) -> Iterator[tuple[Launcher, int | None]]:
    """Yields one of Hydra's launchers, and how many jobs it is to be given at a time."""
    words = [word for word in sweep.launch_options if not word.startswith("+")]
    chosen = [word for word in words if word.startswith("hydra/launcher=")]
    first = sweep.jobs[0].words
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("config", [*first, *words])
        parallel = config.parallel
        if parallel > 1 and not chosen:
            chosen = ["hydra/launcher=submitit_local"]
            words += chosen
        timed = any(word.startswith("hydra.launcher.timeout_min=") for word in words)
        if chosen and "submitit" in chosen[-1] and not timed:
            words.append(f"hydra.launcher.timeout_min={config.job_minutes}")
        words.append(f"sweep.name={sweep.folder.name}")
        config = compose("config", [*first, *words], return_hydra_config=True)
        hydra = GlobalHydra.instance()
        launcher = Plugins.instance().instantiate_launcher(
            hydra_context=HydraContext(config_loader=hydra.config_loader(), callbacks=Callbacks()),
            task_function=run_job,
            config=config,
        )
        # A cluster has its own queue; what runs here is told job by job.
        with divided_cores(parallel):
            yield launcher, None if chosen and parallel == 1 else parallel


@contextmanager
def divided_cores(jobs: int) -> Iterator[None]:
    """Divides this machine's cores among jobs that run at a time.

    Threads of several jobs that each use all cores wait for one another: two jobs take five times
    as long as one after the other. What the user set for OpenMP stays.
    """
    if jobs == 1 or THREADS in os.environ:
        yield
        return
    threads = max(1, (os.cpu_count() or 1) // jobs)
    say(f"{jobs} jobs at a time, each with {threads} of {os.cpu_count()} cores.")
    os.environ[THREADS] = str(threads)
    try:
        yield
    finally:
        del os.environ[THREADS]


def _run_wave(
    launcher: Launcher, wave: Sequence[Planned], jobs: Sequence[Planned], folder: Path
) -> dict[Job, str]:
    """Runs some jobs at the same time.

    Returns:
        Why jobs failed, as far as they could say it themselves.
    """
    first = jobs.index(wave[0])
    left = time_left(jobs, lookup.by_hash(folder), len(wave))
    for planned in wave:
        say(f"job {jobs.index(planned) + 1} of {len(jobs)}: {planned.job.title}.{left}", "bold")
    words = [
        [*job.words, f"sweep.name={folder.name}", f"sweep.condition={quoted(job.condition)}"]
        for job in [planned.job for planned in wave]
    ]
    try:
        reasons = [answer.return_value for answer in launcher.launch(words, first)]
    except Interrupted as interrupted:
        interrupted.add_note(
            f"The sweep ended in job {first + 1} of {len(jobs)}. Started again with "
            "the same words, it goes on from here."
        )
        raise
    except Exception:
        # A process that was killed cannot answer; what the others did is in their folders.
        reason = f"its process ended early; what it said is in {folder / '.submitit'}"
        reasons = [reason] * len(wave)
    return {planned.job: reason for planned, reason in zip(wave, reasons, strict=True) if reason}
