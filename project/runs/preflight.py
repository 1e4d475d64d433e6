"""What a run is given, checked in seconds, without torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.utils import instantiate
from omegaconf import DictConfig

from project.cli.checks import DRAWN, check_added, check_kinds, check_settings
from project.cli.compose import as_written, choices, load_config, plain, top_level_words
from project.data.source import ImageSet, ImageSource
from project.runs import run_folder
from project.runs.identity import config_hash


@dataclass(frozen=True)
class Inputs:
    """What was checked before anything heavy was loaded.

    Attributes:
        parts: the objects that the data module is given, by the name of their config section.
        images: the drawn images.
        config_hash: of the run.
    """

    parts: Mapping[str, Any]
    images: ImageSet
    config_hash: str


def check(config: DictConfig) -> Inputs:
    """Finds out whether the run can be done.

    Raises:
        UserError: it cannot.
    """
    check_settings(plain(config), nullable=DRAWN)
    parts = {name: instantiate(config[name]) for name in ("data", "da") if name in config}
    run_folder.check_writable(Path(config.paths.outputs))
    if "backbone" in config:
        instantiate(config.backbone).check()
    source: ImageSource = parts["data"]
    images = source.load()
    if "wanted" in config:
        instantiate(config.wanted).check(images)
    return Inputs(parts, images, config_hash(config, images.fingerprint))


def check_words(config: DictConfig, words: Sequence[str]) -> None:
    """Checks the words of a command line against what is shipped.

    Args:
        config: composed from them.
        words: of the command line.

    Raises:
        UserError: a key is not known, or a value of another kind than the one it stands for.
    """
    shipped = load_config("config", choices(words))
    check_added(words, [*top_level_words(), *map(str, shipped)])
    check_kinds(as_written(config), plain(shipped))
