"""Hands the jobs of a sweep to one of Hydra's launchers, such as a cluster's queue."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra._internal.callbacks import Callbacks
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext

from project.cli.config_dir import CONF
from project.errors import UserError
from project.sweeps.command_line import Sweep
from project.sweeps.plan import Planned, waves
from project.sweeps.run_job import run_job

CHOICE = "hydra/launcher="


def is_chosen(sweep: Sweep) -> bool:
    """Says whether the user chose a launcher."""
    return any(word.startswith(CHOICE) for word in sweep.launch_options)


def check_launcher(sweep: Sweep) -> None:
    """Checks that the chosen launcher is there, before a plan is made.

    Raises:
        UserError: its program is not.
        HydraException: there is none of that name, or it has no such key.
    """
    if f"{CHOICE}submitit_slurm" in sweep.launch_options and shutil.which("sbatch") is None:
        raise UserError(
            "hydra/launcher=submitit_slurm needs Slurm's sbatch, which is not on this machine. "
            "parallel=2 runs two jobs at a time here."
        )
    words = [word for word in sweep.launch_options if not word.startswith("+")]
    with initialize_config_dir(str(CONF), version_base="1.3"):
        compose("config", [*sweep.jobs[0].words, *words])


def run_launched(
    sweep: Sweep,
    jobs: Sequence[Planned],
    words: Callable[[Planned], Sequence[str]],
    tell: Callable[[Planned], None],
) -> dict[Planned, str]:
    """Runs jobs.

    Args:
        sweep: that they are of.
        jobs: in order.
        words: the command line of each.
        tell: is called with each before it starts.

    Returns:
        Why jobs failed, as far as they could say it themselves.
    """
    reasons: dict[Planned, str] = {}
    with open_launcher(sweep) as (launcher, at_once):
        for wave in waves(jobs, at_once or len(jobs)):
            for planned in wave:
                tell(planned)
            reasons |= _run_wave(launcher, wave, [list(words(one)) for one in wave], sweep.folder)
    return reasons


@contextmanager
def open_launcher(sweep: Sweep) -> Iterator[tuple[Launcher, int | None]]:
    """Yields one of Hydra's launchers, and how many jobs it is to be given at a time."""
    words = [word for word in sweep.launch_options if not word.startswith("+")]
    chosen = [word for word in words if word.startswith(CHOICE)]
    first = sweep.jobs[0].words
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("config", [*first, *words])
        parallel = config.parallel
        timed = any(word.startswith("hydra.launcher.timeout_min=") for word in words)
        if "submitit" in chosen[-1] and not timed:
            words.append(f"hydra.launcher.timeout_min={config.job_minutes}")
        words.append(f"sweep.name={sweep.folder.name}")
        config = compose("config", [*first, *words], return_hydra_config=True)
        hydra = GlobalHydra.instance()
        launcher = Plugins.instance().instantiate_launcher(
            hydra_context=HydraContext(config_loader=hydra.config_loader(), callbacks=Callbacks()),
            task_function=run_job,
            config=config,
        )
        # A cluster has its own queue.
        yield launcher, None if parallel == 1 else parallel


def _run_wave(
    launcher: Launcher, wave: Sequence[Planned], words: Sequence[Sequence[str]], folder: Path
) -> dict[Planned, str]:
    try:
        reasons = [answer.return_value for answer in launcher.launch(words, 0)]
    except Exception:
        # A process that was killed cannot answer; what the others did is in their folders.
        reason = f"its process ended early; what it said is in {folder / '.submitit'}"
        reasons = [reason] * len(wave)
    return {planned: reason for planned, reason in zip(wave, reasons, strict=True) if reason}
