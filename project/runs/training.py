"""Trains one run: check, build, fit, score, write ``result.json``."""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from project.cli import config_dir
from project.cli.compose import plain
from project.cli.memory import keep_freed_memory
from project.cli.sentences import explain
from project.cli.signals import Interrupted, listener
from project.errors import UserError
from project.replacing import write_text
from project.runs import longer, processes, resume, run_folder
from project.runs.building import Parts, build, offered
from project.runs.code_version import code_version
from project.runs.locks import holding
from project.runs.naming import outputs_of, readable
from project.runs.neighbours import among_others
from project.runs.parts import build_part
from project.runs.preflight import Inputs, check
from project.runs.prerequisites import Prerequisite, declared, find_or_train
from project.runs.screen import announce, conclude, flags_of
from project.runs.trainer import make_trainer

PACKAGES = ("torch", "torchvision", "lightning", "torchmetrics", "torch-fidelity", "numpy")
console = Console(stderr=True)


@runtime_checkable
class HasResult(Protocol):
    """A callback with something to say in ``result.json``."""

    def result(self) -> dict[str, Any]:
        """Returns it, by key."""


@runtime_checkable
class CanBeCaptured(Protocol):
    """A module whose step can be a CUDA graph."""

    capture: str


def run(config: DictConfig, overrides: Sequence[str], parent: Path, label: str) -> Path:
    """Trains what ``config`` describes.

    Args:
        config: composed from ``overrides``.
        overrides: of the command line.
        parent: where the run folder is made.
        label: readable end of its name.

    Returns:
        The run folder.

    Raises:
        UserError: the input is bad; no folder was made.
    """
    keep_freed_memory()
    _try_devices(config.trainer)
    inputs = check(config)
    with console.status("Loading PyTorch"):
        # Late: it loads torch.
        import torch

        from project.runs.dry_build import try_out

        # The gradients of a lost game are denormal numbers, on which a CPU takes many times as
        # long. Now: threads keep what is set when they begin.
        torch.set_flush_denormal(True)
        try_out(config)
    if config.resume:
        # Before what is needed is trained: a longer run may need others.
        longer.check_goes_on(Path(config.resume), config, overrides, inputs)
    judges = declared(config, "judges")
    needed = {**inputs.prerequisites, **judges}
    if needed:
        # Before they are trained: a network that cannot be built is reported now.
        build_part(config.module, offered(inputs, {}, {}))
    folders = find_or_train(needed, lambda other: check(other).config_hash, train_prerequisite)
    by_role = [{name: folders[name] for name in some} for some in (inputs.prerequisites, judges)]
    followed = processes.followed()
    if followed:
        follow(config, build(config, inputs, *by_role), followed)
        return followed
    parts = build(config, inputs, *by_role)
    if config.resume:
        longer.check_module(Path(config.resume), inputs.config_hash, parts.module, overrides)
    announce(config, inputs, parts)
    folder = Path(config.resume) if config.resume else run_folder.create(parent, label)
    result = beginning(config, inputs, overrides, folders)
    with (
        among_others(config.paths.cache),
        holding(folder),
        processes.leading(folder, result["overrides"], bool(config.resume)),
    ):
        train(config, parts, folder, result)
    conclude(result, folder)
    return folder


def _try_devices(trainer: DictConfig) -> None:
    """Tries devices that are not on every machine, before pictures are decoded for minutes."""
    if trainer.accelerator in ("auto", "cpu") and trainer.devices == 1:
        return
    # Late: it loads torch.
    from project.runs.dry_build import try_trainer

    try_trainer(trainer)


def beginning(
    config: DictConfig, inputs: Inputs, overrides: Sequence[str], folders: Mapping[str, Path]
) -> dict[str, Any]:
    """Returns what ``result.json`` says of a run before it is trained."""
    return {
        "status": "running",
        "experiment": config.choices.experiment,
        "overrides": [*config_dir.words(), *resume.lasting(overrides)],
        "seed": config.seed,
        "config_hash": inputs.config_hash,
        "resumed": bool(config.resume),
        "code": code_version(),
        "sweep": plain(config.sweep),
        "prerequisites": {name: str(path) for name, path in folders.items()},
        "data": {
            "source": inputs.source.describe(),
            "images": len(inputs.images),
            "classes": dict(inputs.classes.counts) if inputs.classes else {},
            "skipped": len(inputs.images.skipped),
            "left_out": dict(inputs.source.left_out),
            "copies": inputs.images.copies,
            "fingerprint": inputs.images.fingerprint,
        },
    }


def train(config: DictConfig, parts: Parts, folder: Path, result: dict[str, Any]) -> None:
    """Trains in a run folder, which says at any moment how far it got.

    Args:
        config: of the run.
        parts: what is trained.
        folder: of the run.
        result: what is known of it before; what comes out is added.
    """
    started = time.time()
    if result["resumed"]:
        longer.keep_result(folder)
        result["wall_seconds"] = run_folder.wall_seconds(folder)
        started -= result["wall_seconds"]
    run_folder.write_result(folder, result)
    write_text(folder / run_folder.CONFIG, OmegaConf.to_yaml(config, resolve=True))
    try:
        result |= fit(config, parts, folder)
        result["status"] = "finished"
    except BaseException as error:
        full = run_folder.disk_full(error)
        if full is not None:
            from project.runs.trained import epochs_in

            result |= {"status": "interrupted", "error": str(full)}
            raise UserError(run_folder.no_space(folder, full, epochs_in(folder))) from error
        if isinstance(error, Exception):
            sentence = explain(error, result["overrides"]) or f"{type(error).__name__}: {error}"
            result |= {"status": "failed", "error": sentence}
        else:
            result["status"] = "interrupted"
            error.add_note(f"The run is in {folder}. {run_folder.how_to_go_on(folder)}")
        raise
    finally:
        result["wall_seconds"] = round(time.time() - started, 1)
        result["versions"] = {name: importlib.metadata.version(name) for name in PACKAGES}
        run_folder.write_result(folder, result)


def follow(config: DictConfig, parts: Parts, folder: Path) -> None:
    """Trains as one of the further processes of a run, of which the first one tells.

    Args:
        config: of the run.
        parts: what is trained.
        folder: of the run.
    """
    config.resume = str(folder) if processes.is_resumed() else None
    try:
        fit(config, parts, folder)
    except UserError:
        # The first process has met with the same. Were this one to fail, it would be killed.
        return
    except Interrupted:
        if not listener.agreed:
            raise


def fit(config: DictConfig, parts: Parts, folder: Path) -> dict[str, Any]:
    """Trains.

    Returns:
        What the callbacks have to say in ``result.json``.
    """
    from project.runs.checkpoint_io import WholeCheckpointIO

    loggers = [instantiate(logger, save_dir=folder) for logger in config.logger.values()]
    for logger in loggers:
        logger.log_hyperparams(plain(config))
    if isinstance(parts.module, CanBeCaptured):
        parts.module.capture = config.trainer.capture
    trainer = make_trainer(
        config.trainer,
        callbacks=parts.callbacks,
        logger=loggers,
        plugins=[WholeCheckpointIO()],
        default_root_dir=folder,
    )
    checkpoint = folder / run_folder.CHECKPOINT if config.resume else None
    trainer.fit(parts.module, parts.datamodule, ckpt_path=checkpoint, weights_only=True)
    found: dict[str, Any] = {"precision": str(trainer.precision)}
    for callback in parts.callbacks:
        if isinstance(callback, HasResult):
            merge(found, callback.result())
    flags = flags_of(found)
    return found | ({"flags": flags} if flags else {})


def merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Adds nested values to nested values."""
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def train_prerequisite(needed: Prerequisite) -> Path:
    """Trains a run that another one needs, beside the single runs."""
    parent = outputs_of(needed.config.paths.outputs, needed.overrides)
    try:
        return run(needed.config, needed.overrides, parent, readable(needed.overrides))
    except Interrupted as interrupted:
        interrupted.add_note("It is needed by the run that was asked for; then start that again.")
        raise
