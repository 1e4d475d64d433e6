"""A run in several processes (trainer=ddp): the first one leads, and Lightning starts the others.

Lightning starts this program again with the same command line. The further processes learn here
that they belong to a run that has a folder already, and write nothing.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDER, RESUMED = "LITTLE_DATA_GANS_RUN", "LITTLE_DATA_GANS_RESUMED"
# Set by Lightning when it starts the others; left there, the next run would start none.
OF_ONE_RUN = ("MASTER_ADDR", "MASTER_PORT", "NODE_RANK", "LOCAL_RANK", "WORLD_SIZE")

THREADS = "OMP_NUM_THREADS"
SLURM_CORES = "SLURM_CPUS_PER_TASK"  # not every cluster binds a job to its cores


def cores() -> int:
    """Returns how many cores this process may use: a job of Slurm those that it asked for."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    given = os.environ.get(SLURM_CORES, "")
    return min(here or 1, int(given)) if given.isdecimal() else here or 1


def followed() -> Path | None:
    """Returns the folder of the run that this process was started for; None in the first."""
    folder = os.environ.get(FOLDER)
    return Path(folder) if folder and os.environ.get("LOCAL_RANK", "0") != "0" else None


def is_resumed() -> bool:
    """Says whether the run that this process was started for goes on from its checkpoint."""
    return bool(os.environ.get(RESUMED))


@contextlib.contextmanager
def leading(folder: Path, words: Sequence[str], resumed: bool) -> Iterator[None]:
    """Lets the processes that a training starts know what they belong to.

    Args:
        folder: of the run.
        words: its command line: a sweep or a prerequisite is not what was typed.
        resumed: whether it goes on from its checkpoint.
    """
    line, before = list(sys.argv), {name: os.environ.get(name) for name in OF_ONE_RUN}
    sys.argv[1:] = words
    os.environ[FOLDER] = str(folder)
    if resumed:
        os.environ[RESUMED] = "1"
    try:
        yield
    finally:
        sys.argv[:] = line
        for name in (FOLDER, RESUMED):
            os.environ.pop(name, None)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
        _leave_group()


def _leave_group() -> None:
    torch = sys.modules.get("torch")
    distributed = torch and torch.distributed
    if distributed and distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()
