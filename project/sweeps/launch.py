"""Runs a sweep: looks what is missing, runs it by Hydra's launchers, tells what came out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra._internal.callbacks import Callbacks
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext
from rich.console import Console

from project.cli.compose import CONF
from project.cli.signals import Interrupted
from project.errors import UserError
from project.runs.duration import readable_time
from project.sweeps import plan as sweep_plan
from project.sweeps.conditions import Job, Sweep, read
from project.sweeps.job import job
from project.sweeps.plan import BUSY, DONE, GO_ON, TO_DO, Planned
from project.sweeps.table import print_table

console = Console(stderr=True)


def run_sweep(line: Sequence[str]) -> None:
    """Runs what is missing of a sweep.

    Args:
        line: its command line.

    Raises:
        UserError: jobs failed; the others were run all the same.
    """
    sweep = read(line)
    if sweep.search:
        # Late: it imports this module.
        from project.sweeps.search import run_search

        run_search(sweep, sweep.search)
        return
    folder = sweep.folder
    jobs, failed, busy = run_missing(sweep, told=True)
    print_table(jobs, folder)
    print(f"report  python -m project.report {shlex.quote(f'runs={folder}')}")
    if busy:
        console.print(f"{busy} jobs are in the hands of another process.")
    if failed:
        told = [f"  {one.title}: {reason}" for one, reason in failed.items()]
        head = f"{len(failed)} of {len(jobs)} jobs failed; the same command tries them again:"
        raise UserError("\n".join([head, *told]))


def run_missing(sweep: Sweep, *, told: bool) -> tuple[list[Planned], dict[Job, str], int]:
    """Runs the jobs of a sweep that are not done.

    Args:
        sweep: the jobs.
        told: whether the plan is shown first.

    Returns:
        all jobs; why some failed; how many are in the hands of another process.

    Raises:
        UserError: none of them is possible.
    """
    folder = sweep.folder
    jobs = sweep_plan.plan(sweep)
    if all(planned.problem for planned in jobs):
        raise UserError(jobs[0].problem)
    if told:
        sweep_plan.show_plan(jobs, folder, _time_left(jobs, folder, 1))
    reasons = {planned.job: planned.problem for planned in jobs if planned.problem}
    to_run = [planned for planned in jobs if planned.state(folder) in (GO_ON, TO_DO)]
    if to_run:
        with _launcher(sweep) as (launcher, at_once):
            for wave in sweep_plan.waves(to_run, at_once or len(to_run)):
                reasons |= _run_wave(launcher, wave, jobs, sweep)
    states = {planned.job: planned.state(folder) for planned in jobs}
    failed = [one for one in states if states[one] not in (DONE, BUSY)]
    busy = sum(state == BUSY for state in states.values())
    return jobs, {one: reasons.get(one) or "its process ended" for one in failed}, busy


@contextmanager
def _launcher(sweep: Sweep) -> Iterator[tuple[Launcher, int | None]]:
    """Yields one of Hydra's launchers, and how many jobs it is to be given at a time."""
    words = [word for word in sweep.about if not word.startswith("+")]
    chosen = [word for word in words if word.startswith("hydra/launcher=")]
    jobs_words = list(sweep.jobs[0].words)
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("config", [*jobs_words, *words])
        parallel = config.parallel
        if parallel > 1 and not chosen:
            chosen = ["hydra/launcher=submitit_local"]
            words += chosen
        timed = any(word.startswith("hydra.launcher.timeout_min=") for word in words)
        if chosen and "submitit" in chosen[-1] and not timed:
            words.append(f"hydra.launcher.timeout_min={config.job_minutes}")
        words.append(f"sweep.name={sweep.name}")
        config = compose("config", [*jobs_words, *words], return_hydra_config=True)
        hydra = GlobalHydra.instance()
        launcher = Plugins.instance().instantiate_launcher(
            hydra_context=HydraContext(config_loader=hydra.config_loader(), callbacks=Callbacks()),
            task_function=job,
            config=config,
        )
        # A cluster has its own queue; what runs here is told job by job.
        yield launcher, None if chosen and parallel == 1 else parallel


def _run_wave(
    launcher: Launcher, wave: Sequence[Planned], jobs: Sequence[Planned], sweep: Sweep
) -> dict[Job, str]:
    """Runs some jobs at the same time.

    Returns:
        Why jobs failed, as far as they could say it themselves.
    """
    folder = sweep.folder
    for planned in wave:
        number = jobs.index(planned) + 1
        left = _time_left(jobs, folder, len(wave))
        told = f"job {number} of {len(jobs)}: {planned.job.title}.{left}"
        console.print(told, style="bold", **sweep_plan.PLAIN)
    words = [
        [*planned.job.words, f"sweep.name={sweep.name}", f"sweep.condition='{quoted}'"]
        for planned in wave
        for quoted in [planned.job.condition.replace("\\", "\\\\").replace("'", "\\'")]
    ]
    try:
        answers = launcher.launch(words, jobs.index(wave[0]))
        said = [answer.return_value for answer in answers]
    except Interrupted as interrupted:
        interrupted.add_note(
            f"The sweep ended in job {jobs.index(wave[0]) + 1} of {len(jobs)}. Started again with "
            "the same words, it goes on from here."
        )
        raise
    except Exception:
        # A process that was killed cannot answer; what the others did is in their folders.
        told = f"its process ended early; what it said is in {folder / '.submitit'}"
        return {planned.job: told for planned in wave}
    return {planned.job: told for planned, told in zip(wave, said, strict=True) if told}


def _time_left(jobs: Sequence[Planned], folder: Path, at_once: int) -> str:
    seconds = sweep_plan.seconds_left(jobs, folder)
    if seconds is None:
        return " How long it takes is known after the first job."
    return f" About {readable_time(seconds / at_once)} left." if seconds else ""
