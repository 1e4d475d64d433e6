"""The module of a finished run, with its weights."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from project.data.source import ImageSet, ImageSource
from project.errors import UserError
from project.runs import run_folder
from project.runs.identity import config_of


def load_module(folder: Path) -> Any:
    """Builds a run's module from its config and loads its last checkpoint, on the CPU.

    A run folder from elsewhere is data: only this project's own modules are built from it, and
    its checkpoint is loaded with ``weights_only=True``.

    Args:
        folder: of the run.

    Returns:
        The module, in eval mode.

    Raises:
        UserError: a part is missing, names code of elsewhere, or holds more than weights.
    """
    module = instantiate(section(folder, "module"))
    saved = read_checkpoint(folder)
    try:
        module.load_state_dict(saved["state_dict"])
    except (RuntimeError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"{folder / run_folder.CHECKPOINT} cannot be loaded as weights of this run ({reason}). "
            f"{run_folder.AS_LEFT}"
        ) from error
    return module.eval()


def read_checkpoint(folder: Path) -> dict[str, Any]:
    """Reads a run's last checkpoint: tensors and plain values, nothing that would be executed.

    Args:
        folder: of the run.

    Raises:
        UserError: there is none, it is broken, or it holds more.
    """
    checkpoint = run_folder.require_checkpoint(folder)
    try:
        saved: dict[str, Any] = torch.load(checkpoint, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise UserError(
            f"{checkpoint} is broken, or holds more than tensors and plain values, which is never "
            f"loaded. {run_folder.AS_LEFT}"
        ) from error
    return saved


def load_test_images(folder: Path) -> ImageSet:
    """Loads the test images of the data that a run was trained on.

    Args:
        folder: of the run.

    Raises:
        UserError: they are not where they were, or the data set sets none apart.
    """
    source: ImageSource = instantiate(section(folder, "data"))
    return source.test().load()


def section(folder: Path, name: str) -> DictConfig:
    """Reads a section of a run's config, in which only this project's own classes are named.

    Raises:
        UserError: there is no config, or it names code of elsewhere.
    """
    config = config_of(folder)
    run_folder.check_targets(OmegaConf.to_container(config[name]), folder / run_folder.CONFIG)
    found: DictConfig = config[name]
    return found
