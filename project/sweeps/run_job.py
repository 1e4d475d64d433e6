"""Runs one job of a sweep, in the sweep's own process or in another one."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from filelock import Timeout
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from project.cli.checks import check_words
from project.cli.compose import load_config
from project.cli.sentences import answer, explain
from project.cli.signals import listen
from project.runs import locks, lookup, processes
from project.runs.naming import readable
from project.runs.preflight import check
from project.runs.resume import resumable
from project.runs.training import run

# Below paths.multirun: what a killed or failed job left behind, once it is begun anew.
SET_ASIDE = "set_aside"
FAILED = "failed: "  # what the last words of a job begin with that could not be done


def run_apart() -> None:
    """One of several jobs at a time, in a process of its own."""
    words = sys.argv[1:]
    if processes.followed():
        run(load_config("config", words), words, Path(), "")
    elif run_words(words):
        sys.exit(1)


def run_job(config: DictConfig) -> str | None:
    """Runs a job that one of Hydra's launchers started; returns why it failed."""
    if "SUBMITIT_EXECUTOR" in os.environ:
        listen()
        # Jobs of a queue have machines, or cores, of their own; local ones share this machine's.
        sharing = 1 if processes.SLURM_CORES in os.environ else config.parallel
        os.environ.setdefault(processes.THREADS, str(max(1, processes.cores() // sharing)))
    return run_words(list(HydraConfig.get().overrides.task))


def run_words(words: Sequence[str]) -> str | None:
    """Runs a job, unless it is done or another process runs it.

    Args:
        words: its command line; ``sweep.name`` is the sweep's folder.

    Returns:
        Why it failed; None where it did not.
    """
    try:
        config = load_config("config", words)
        check_words(config, words)
        _once(config, words)
    except Exception as error:
        # A sentence rather than the error, which would keep the job's memory.
        sentence = explain(error, words) or f"{type(error).__name__}: {error}"
    else:
        return None
    finally:
        _free_memory()
    print(f"{FAILED}{sentence}", file=sys.stderr)
    return sentence


def _once(config: DictConfig, words: Sequence[str]) -> None:
    sweep = Path(config.paths.multirun) / config.sweep.name
    key = check(config).config_hash
    lock = locks.of_hash(config.paths.cache, key)
    try:
        lock.acquire(timeout=locks.LOOK)
    except Timeout:
        return
    try:
        if any(lookup.finished([sweep], key)):
            return
        left = list(lookup.unfinished([sweep], key))
        if any(map(locks.is_held, left)):
            return
        begun = next(resumable(left), None)
        if begun:
            config.resume = str(begun)
        for folder in left:
            if folder != begun:
                _set_aside(folder)
        label = readable([*config.sweep.condition.split(), f"seed={config.seed}"])
        run(config, words, sweep, label)
    finally:
        lock.release(force=True)


def _set_aside(folder: Path) -> None:
    """Moves a dead attempt out of the sweep's folder, which holds one run for each job."""
    aside = folder.parent.parent / SET_ASIDE / folder.parent.name
    aside.mkdir(parents=True, exist_ok=True)
    folder.rename(aside / folder.name)


def _free_memory() -> None:
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


if __name__ == "__main__":
    answer(run_apart, "config")
