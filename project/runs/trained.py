"""The module of a finished run, with its weights."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from torch import Tensor, nn

from project.data.class_labels import Classes
from project.data.source import ImageSet, ImageSource
from project.errors import UserError
from project.runs import run_folder
from project.runs.identity import config_of
from project.runs.parts import build_part


@runtime_checkable
class Generates(Protocol):
    """A module whose generator turns sources into images."""

    def sample_sources(self, count: int, seed: int) -> Tensor:
        """Returns ``count`` sources, the same for the same seed."""

    def generate(self, sources: Tensor, weights: str, batch_size: int) -> Iterator[Tensor]:
        """Yields uint8 images of ``generator`` or of its moving ``average``."""

    def shown(self, sources: Tensor, images: Tensor) -> Tensor:
        """Returns what of sources and images is put into pictures."""

    def to(self, device: torch.device) -> object:
        """Moves it to a device."""


def load_module(folder: Path, checkpoint: Path | None = None) -> nn.Module:
    """Builds a run's module from its config and loads a checkpoint, on the CPU.

    A run folder from elsewhere is data: only this project's own modules are built from it, and
    its checkpoint is loaded with ``weights_only=True``. The random states stay as they are: what a
    run looks at does not change what it trains.

    Args:
        folder: of the run.
        checkpoint: of the run; None: its last.

    Returns:
        The module, frozen and in eval mode; what only a training needs, such as networks of other
        runs, it does not have.

    Raises:
        UserError: a part is missing, names code of elsewhere, or holds more than weights.
    """
    offers = {
        "training": lambda: None,
        "da": lambda: _policy(folder),
        "classes": lambda: _classes(folder),
        # What it was trained against does not matter any more, and earlier runs do not name it.
        "loss": lambda: None,
        "penalties": dict,
        "task": lambda: _rebuilt(folder, "task"),
        "stages": lambda: _rebuilt(folder, "stages"),
        "testing": lambda: load_test_images(folder),
        "networks": dict,
    }
    node = section(folder, "module")
    with torch.random.fork_rng(devices=[]):
        module: nn.Module = build_part(node, offers)
    file = checkpoint or run_folder.require_checkpoint(folder)
    saved = read_checkpoint(file)
    try:
        module.load_state_dict(saved["state_dict"])
    except (RuntimeError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"{file} cannot be loaded as weights of this run ({reason}). {run_folder.AS_LEFT}"
        ) from error
    return module.requires_grad_(False).eval()


def load_generator(folder: Path, checkpoint: Path | None = None) -> Generates:
    """Loads the module of a run that has a generator, as `load_module` does.

    Raises:
        UserError: it has none, or cannot be loaded.
    """
    module = load_module(folder, checkpoint)
    if not isinstance(module, Generates):
        raise UserError(f"{folder} has no generator: it is a run of another kind of study.")
    return module


def _rebuilt(folder: Path, name: str) -> Any:
    if name not in config_of(folder):
        return None
    offers = {"stages": lambda: _rebuilt(folder, "stages")}
    return build_part(section(folder, name), offers)


def _policy(folder: Path) -> Any:
    """Builds the DA policy, where weights depend on it: runs before there were modes have none."""
    mode = OmegaConf.select(config_of(folder), "da.mode")
    return None if mode is None else instantiate(section(folder, "da"))


def _classes(folder: Path) -> Classes | None:
    data = (run_folder.read_result(folder) or {}).get("data", {})
    return Classes(data["classes"], {}) if data.get("classes") else None


def read_checkpoint(checkpoint: Path) -> dict[str, Any]:
    """Reads a checkpoint: tensors and plain values, nothing that would be executed.

    Args:
        checkpoint: the file.

    Raises:
        UserError: it is broken, or holds more.
    """
    try:
        saved: dict[str, Any] = torch.load(checkpoint, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise UserError(
            f"{checkpoint} is broken, or holds more than tensors and plain values, which is never "
            f"loaded. {run_folder.AS_LEFT}"
        ) from error
    return saved


def epochs_in(folder: Path) -> int:
    """Returns how many epochs a run's checkpoint has behind it; 0 where there is none."""
    if not (folder / run_folder.CHECKPOINT).is_file():
        return 0
    saved = read_checkpoint(folder / run_folder.CHECKPOINT)
    return int(saved["loops"]["fit_loop"]["epoch_progress"]["current"]["processed"])


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
        UserError: there is no config, it names code of elsewhere, or it is of an earlier version.
    """
    config = config_of(folder)
    if name not in config:
        raise UserError(
            f"{folder / run_folder.CONFIG} has no section '{name}'. {run_folder.AS_LEFT}"
        )
    values = OmegaConf.to_container(config[name], resolve=True)
    run_folder.check_targets(values, folder / run_folder.CONFIG)
    found = OmegaConf.create(values)
    assert isinstance(found, DictConfig)
    return found
