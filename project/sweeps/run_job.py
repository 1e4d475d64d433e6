"""Runs one job of a sweep, in the sweep's own process or in another one."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from filelock import Timeout
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from project.cli.checks import check_words
from project.cli.compose import load_config
from project.cli.sentences import explain
from project.cli.signals import listen
from project.runs import locks, lookup
from project.runs.naming import readable
from project.runs.preflight import check
from project.runs.resume import resumable
from project.runs.training import run

# Below paths.multirun: what a killed or failed job left behind, once it is begun anew.
SET_ASIDE = "set_aside"


def run_job(config: DictConfig) -> str | None:
    """Runs a job, unless it is done or another process runs it.

    Args:
        config: of the run; its ``sweep.name`` is the sweep's folder.

    Returns:
        Why it failed; None where it did not.
    """
    if "SUBMITIT_EXECUTOR" in os.environ:
        listen()
    words = list(HydraConfig.get().overrides.task)
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
    print(f"failed: {sentence}", file=sys.stderr)
    return sentence


def _once(config: DictConfig, words: list[str]) -> None:
    sweep = Path(config.paths.multirun) / config.sweep.name
    key = check(config).config_hash
    lock = locks.of_hash(config.paths.cache, key)
    try:
        lock.acquire(blocking=False)
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
