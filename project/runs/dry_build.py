"""What is built or read only later, tried out before anything is trained."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig

from project.cli.compose import plain
from project.cli.config_dir import targets_in
from project.cli.sentences import UNSUITED
from project.da.policy import DIFFERENTIABLE, Policy
from project.da.trial import try_out as try_out_kinds
from project.errors import UserError
from project.runs.parts import find
from project.runs.quiet import hush
from project.runs.run_folder import require, require_checkpoint
from project.runs.trained import load_generator, read_checkpoint
from project.runs.trainer import check_capture, make_trainer


def try_out(config: DictConfig) -> None:
    """Tries what would else fail after the first training step, or after a whole needed run.

    Args:
        config: of a run.

    Raises:
        UserError: a class is not there; the trainer, the optimizers, a DA kind, the checkpoint or
            a run of ``compare`` is unfit.
    """
    hush()
    for key, target in targets_in(plain(config)):
        find(target, key)
    try_trainer(config.trainer)
    _try_optimizers(config.module)
    if "da" in config:
        da: Policy = instantiate(config.da)
        try_out_kinds(da.kinds, config.size, da.mode == DIFFERENTIABLE)
    if "references" in config:
        _try_references(config)
    compared = config.get("compare") or []
    if isinstance(compared, str):
        raise UserError(f"compare={compared} is not allowed. Give a list: compare=[<run folder>].")
    for folder in map(Path, compared):
        require(folder, f"compare={folder}")
        load_generator(folder)
    if config.resume:
        read_checkpoint(require_checkpoint(Path(config.resume)))


def _try_references(config: DictConfig) -> None:
    """Tries the kinds that real images are treated with, chosen for the training or not."""
    try:
        try_out_kinds(instantiate(config.references.kinds), config.size, with_gradient=False)
    except UserError as error:
        raise UserError(
            f"{error} The leak audit takes every kind of conf/da: mend its file or move it away, "
            "or do without the audit by references=untreated."
        ) from error


def try_trainer(trainer: DictConfig) -> None:
    """Tries whether a trainer can be had on this machine.

    Args:
        trainer: its section.

    Raises:
        UserError: it cannot.
    """
    hush()
    devices, cores = trainer.devices, os.cpu_count() or 1
    if isinstance(devices, int) and devices > 1 and trainer.strategy == "auto":
        raise UserError(
            f"trainer.devices={devices} needs trainer=ddp beside it, which divides each batch "
            "among so many processes."
        )
    if isinstance(devices, int) and trainer.accelerator == "cpu" and devices > cores:
        raise UserError(
            f"trainer.devices={devices} are more processes than this machine has cores ({cores})."
        )
    check_capture(trainer)
    try:
        make_trainer(trainer, logger=False, callbacks=[])
    except InstantiationException as error:
        reason = " ".join(str(error.__cause__ or error).split())
        raise UserError(
            f"This trainer cannot be had here: {reason} Choose trainer=auto or trainer=cpu, or "
            "another trainer.precision."
        ) from error


def _try_optimizers(module: DictConfig) -> None:
    """Builds a module's optimizers, ``_partial_`` in its config, for a parameter nobody trains."""
    for name in map(str, module):
        node = module[name]
        if isinstance(node, DictConfig) and node.get("_partial_"):
            try:
                instantiate(node)(params=[torch.zeros(1, requires_grad=True)])
            except UNSUITED as error:
                reason = " ".join(str(error).split())
                raise UserError(
                    f"module.{name} cannot be built with the values it is given ({reason})."
                ) from error
