"""Builds what a run trains, and says what its parts are handed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from omegaconf import DictConfig

from project.runs.parts import Offers, build_part, remembered
from project.runs.preflight import Inputs

if TYPE_CHECKING:
    import lightning
    from torch import nn


@runtime_checkable
class LooksAtOthers(Protocol):
    """A callback that goes by what the others do."""

    def look_at(self, callbacks: Sequence[lightning.Callback]) -> None:
        """Takes them; raises UserError where they do not fit."""


@dataclass(frozen=True)
class Parts:
    """What is trained, on what, watched by whom."""

    module: lightning.LightningModule
    datamodule: lightning.LightningDataModule
    callbacks: Sequence[lightning.Callback]


def build(
    config: DictConfig,
    inputs: Inputs,
    prerequisites: Mapping[str, Path],
    judges: Mapping[str, Path],
) -> Parts:
    """Builds what is trained, before there is a folder: what can fail here leaves nothing behind.

    Args:
        config: of the run.
        inputs: checked.
        prerequisites: folders of the runs whose networks are trained with.
        judges: folders of those whose networks look on.

    Raises:
        UserError: the networks, the weights or the settings do not fit.
    """
    import lightning

    lightning.seed_everything(config.seed, workers=True, verbose=False)

    offers = offered(inputs, prerequisites, judges)
    datamodule = build_part(config.datamodule, offers)
    module = build_part(config.module, offers)
    offers = {**offers, "module": lambda: module}
    callbacks = [build_part(callback, offers) for callback in config.callbacks.values()]
    for callback in callbacks:
        if isinstance(callback, LooksAtOthers):
            callback.look_at(callbacks)
    return Parts(module, datamodule, callbacks)


def offered(
    inputs: Inputs, prerequisites: Mapping[str, Path], judges: Mapping[str, Path]
) -> Offers:
    """Returns what the parts of a run are handed where their constructors name it.

    Args:
        inputs: checked.
        prerequisites: folders of the runs whose networks are trained with.
        judges: folders of those whose networks look on.
    """
    from project.runs.generating import RunGenerator
    from project.runs.trained import load_generator, load_module

    gan = prerequisites.get("generator")
    generator = None if gan is None else RunGenerator(gan)

    def loaded(folders: Mapping[str, Path]) -> dict[str, nn.Module]:
        return {name: load_module(folder) for name, folder in folders.items()}

    return {
        "source": lambda: inputs.source,
        "training": lambda: inputs.images,
        "testing": remembered(lambda: inputs.source.test().load()),
        "da": lambda: inputs.da,
        "classes": lambda: inputs.classes,
        "task": lambda: inputs.task,
        "stages": lambda: inputs.stages,
        "generate": lambda: generator,
        "networks": remembered(lambda: loaded(prerequisites)),
        "judges": remembered(lambda: loaded(judges)),
        "load_generator": lambda: load_generator,
    }
