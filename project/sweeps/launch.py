"""Runs the jobs of a sweep that are not done: one by one, several at a time, or elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from project.cli.compose import load_config
from project.cli.quoting import quoted
from project.cli.shell import typed
from project.cli.signals import Interrupted
from project.errors import UserError
from project.runs import lookup, run_folder
from project.runs.processes import THREADS, cores
from project.sweeps.cards import cards_here
from project.sweeps.command_line import Job, Sweep
from project.sweeps.launcher import check_launcher, is_chosen, run_launched
from project.sweeps.messages import say
from project.sweeps.plan import BUSY, DONE, GO_ON, TO_DO, Planned, plan, show_plan, time_left
from project.sweeps.pool import LOGS, Room, run_pool
from project.sweeps.run_job import run_words
from project.sweeps.score_table import print_table


def run_listed(sweep: Sweep) -> None:
    """Runs what is missing of a sweep, and prints its scores.

    Args:
        sweep: one without a search.

    Raises:
        UserError: jobs failed; the others were run all the same.
    """
    jobs, failed, busy = run_missing(sweep, preview=True)
    print_table(jobs, sweep.folder)
    print(f"report  python -m project.report {typed([f'runs={sweep.folder}'])}")
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
        UserError: none of them is possible, or there is no such launcher or folder.
    """
    folder = sweep.folder
    run_folder.check_writable(folder)
    if is_chosen(sweep):
        check_launcher(sweep)
    jobs = plan(sweep)
    if all(planned.problem for planned in jobs):
        raise UserError(jobs[0].problem)
    room = room_for(sweep)
    if preview:
        show_plan(jobs, folder, room.at_once)
    reasons = {planned.job: planned.problem for planned in jobs if planned.problem}
    there = lookup.by_hash(folder)
    to_run = [planned for planned in jobs if planned.state(there) in (GO_ON, TO_DO)]
    if to_run:
        failures = _run(sweep, room, to_run, jobs)
        reasons |= {planned.job: reason for planned, reason in failures.items()}
    there = lookup.by_hash(folder)
    states = {planned.job: planned.state(there) for planned in jobs}
    failed = [job for job, state in states.items() if state not in (DONE, BUSY)]
    busy = sum(state == BUSY for state in states.values())
    return jobs, {job: reasons.get(job) or "its process ended" for job in failed}, busy


def room_for(sweep: Sweep) -> Room:
    """Divides this machine's cores and GPUs among the jobs that run at a time.

    Threads of several jobs that each use all cores wait for one another: two jobs take five times
    as long as one after the other. What the user set for OpenMP stays.
    """
    own = [word for word in sweep.launch_options if not word.startswith("hydra")]
    config = load_config("config", [*sweep.jobs[0].words, *own])
    at_once = config.parallel
    share = str(max(1, cores() // at_once))
    cards = [] if config.trainer.accelerator == "cpu" else cards_here()
    return Room(at_once, os.environ.get(THREADS, share), cards)


def _run(
    sweep: Sweep, room: Room, to_run: Sequence[Planned], jobs: Sequence[Planned]
) -> Mapping[Planned, str]:
    """Runs jobs; returns why some failed."""
    folder, elsewhere = sweep.folder, is_chosen(sweep)
    begun: list[int] = []

    def tell(planned: Planned) -> None:
        begun.append(jobs.index(planned) + 1)
        # A cluster takes all at once.
        left = "" if elsewhere else time_left(jobs, lookup.by_hash(folder), room.at_once)
        say(f"job {begun[-1]} of {len(jobs)}: {planned.job.title}.{left}", "bold")

    def words(planned: Planned) -> list[str]:
        condition = f"sweep.condition={quoted(planned.job.condition)}"
        return [*planned.job.words, f"sweep.name={folder.name}", condition]

    try:
        if elsewhere:
            return run_launched(sweep, to_run, words, tell)
        if room.at_once > 1:
            say(_told(room) + f" What they say is in {folder / LOGS}.")
            return run_pool(to_run, words, folder, room, tell)
        return _run_here(to_run, words, tell)
    except Interrupted as interrupted:
        interrupted.add_note(
            f"The sweep ended in job {max(begun, default=1)} of {len(jobs)}. Started again with "
            "the same words, it goes on from here."
        )
        raise


def _run_here(
    jobs: Sequence[Planned],
    words: Callable[[Planned], Sequence[str]],
    tell: Callable[[Planned], None],
) -> dict[Planned, str]:
    reasons = {}
    for planned in jobs:
        tell(planned)
        if reason := run_words(words(planned)):
            reasons[planned] = reason
    return reasons


def _told(room: Room) -> str:
    cards = f", spread over {len(room.cards)} GPUs" if len(room.cards) > 1 else ""
    cores_of = f"{room.threads} of {cores()} core{'s' if cores() > 1 else ''}"
    return f"{room.at_once} jobs at a time, each with {cores_of}{cards}."
