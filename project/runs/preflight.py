"""What a run is given, checked in seconds, without torch, before anything is trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from project.cli.checks import DRAWN, check_settings
from project.cli.compose import as_plain, plain
from project.da.policy import Policy
from project.data.class_labels import Classes, classes_of
from project.data.source import ImageSet, ImageSource
from project.errors import UserError
from project.metrics.score_names import SCORES, check_directed, known
from project.networks.sizes import check_size
from project.runs import run_folder
from project.runs.identity import config_hash
from project.runs.parts import build_part
from project.runs.prerequisites import Prerequisite, check_named, declared


class Task(Protocol):
    """What a study asks of its images."""

    def check(self, images: ImageSet) -> None:
        """Raises UserError where the images do not allow it."""


@dataclass(frozen=True)
class Inputs:
    """What was checked before anything heavy was loaded; each part is built here and once.

    Attributes:
        source: where the images come from.
        images: those that were drawn.
        learned: fingerprint of all of them that is learned from: with their labels, or without.
        da: the DA policy; None where the study has none.
        classes: those that the GAN is told; None where it is told none.
        task: what is asked of the images; None where that is nothing more.
        stages: of the training; None where it has none.
        prerequisites: runs whose networks are trained with, by name.
        needs: their config hashes.
        config_hash: of the run.
    """

    source: ImageSource
    images: ImageSet
    learned: str
    da: Policy | None
    classes: Classes | None
    task: Task | None
    stages: object
    prerequisites: Mapping[str, Prerequisite]
    needs: frozenset[str]
    config_hash: str


# Makes what several runs may have in common: what it is, the section it follows from, how.
Once = Callable[[str, DictConfig, Callable[[], Any]], Any]


def anew(what: str, section: DictConfig, make: Callable[[], Any]) -> Any:
    """Makes it, whatever was made before: a run is checked alone."""
    return make()


def check(config: DictConfig, once: Once = anew) -> Inputs:
    """Finds out whether the run can be done.

    Args:
        config: of the run.
        once: makes what it may have in common with others; by default it has nothing.

    Raises:
        UserError: it cannot.
    """
    check_settings(plain(config), nullable=DRAWN)
    if "score" in config:
        raise UserError(
            f"{', '.join(map(str, config.score))} would be computed by nobody: the first line of "
            "its file in conf/score must be '# @package callbacks'."
        )
    if {"latent", "size"} <= set(config.get("network") or ()):
        check_size(config.network.size)
    _check_best(config)
    source: ImageSource = once("source", config.data, lambda: instantiate(config.data))
    da = instantiate(config.da) if "da" in config else None
    stages = instantiate(config.stages) if "stages" in config else None
    task = build_part(config.task, {"stages": lambda: stages}) if "task" in config else None
    _check_fits(config, source.channels)
    run_folder.check_writable(Path(config.paths.outputs, str(config.choices.experiment)))
    if "backbone" in config:
        once("backbone", config.backbone, lambda: instantiate(config.backbone).check())
    images: ImageSet = once("images", config.data, source.load)
    if task is not None:
        task.check(images)
    told = config.get("conditional")
    classes = classes_of(source, images, as_plain(told)) if told else None
    # From the config as it was written: what a needed run trains on is of another size.
    needed = declared(config, "prerequisites")
    if config.get("kimg") is not None:
        joined = len(images) + sum(da.counts(len(images)).values() if da else ())
        _apply_budget(config, joined)
    if da is not None and not da.counts(len(images)).get("gen"):
        needed.pop("generator", None)  # none of its images would be used
    hashes = {
        name: check(one.config, once).config_hash
        if one.folder is None
        else check_named(one, config.prerequisites[name], images.fingerprint)
        for name, one in needed.items()
    }
    # A GAN with DA that is told no classes learns nothing from labels.
    learned = images.fingerprint if "da" in config and classes is None else images.labelled
    key = config_hash(config, learned, hashes)
    return Inputs(
        source, images, learned, da, classes, task, stages, needed, frozenset(hashes.values()), key
    )


def _check_best(config: DictConfig) -> None:
    """Checks the score of ``best=`` as far as its name tells.

    Raises:
        UserError: no study has it, or neither way of it is better.
    """
    callbacks = config.get("callbacks") or {}
    if config.get("best") is not None and "best" not in callbacks:
        raise UserError(f"best={config.best}: this experiment is not scored while it trains.")
    added = any(OmegaConf.is_config(one.get("score")) for one in callbacks.values())
    if config.get("best") is None or added:
        return  # what is added is known once it is built
    name = str(config.best)
    names = [one for one in SCORES if not one.endswith("_")]
    if known(name).about:
        names.append(name)
    check_directed(name, {one: known(one).better for one in names})


def _apply_budget(config: DictConfig, images: int) -> None:
    """Turns ``kimg`` into epochs of so many images, and ``scorings`` into epochs between them.

    Raises:
        UserError: one of them is no number above 0.
    """
    for key in ("kimg", "scorings"):
        value = config[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise UserError(f"{key}={value} is not allowed. Give a number above 0.")
    config.epochs = max(1, round(1000 * config.kimg / images))
    config.score_every = config.epochs / config.scorings


def _check_fits(config: DictConfig, channels: int) -> None:
    """Checks what no part can see by itself.

    Raises:
        UserError: the network is for images of other channels.
    """
    network = config.get("network") or {}
    # Of a generator's network; elsewhere the word is not about images.
    expected = network.get("channels", channels) if "latent" in network else channels
    # Grey images are refused by the studies of colour ones, a negative number by the network.
    if channels == 3 and 0 < expected != channels:
        raise UserError(
            f"network.channels={expected}, but the images have {channels}: leave it out, or give "
            "images that fit (data=folder takes data.channels=1 or 3)."
        )
