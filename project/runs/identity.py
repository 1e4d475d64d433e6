"""What makes two runs the same run: a hash over all that changes the trained weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from project.cli.compose import as_plain
from project.cli.shell import typed
from project.errors import UserError
from project.runs import run_folder
from project.runs.run_folder import FIRST_LAYOUT, TRAINS, WHERE

NAMED = 3  # changed settings that a sentence names
# Where the classes went that runs of the first layout name in their config.yaml.
MOVED = {
    "project.data.faces.Faces": "project.data.faces.faces.Faces",
    "project.metrics.efficientnet_lite0.EfficientNetLite0": (
        "project.backbones.efficientnet_lite0.EfficientNetLite0"
    ),
    "project.metrics.inception_v3.InceptionV3": "project.backbones.inception_v3.InceptionV3",
    "project.metrics.resnet50.ResNet50": "project.backbones.resnet50.ResNet50",
}


def config_hash(config: DictConfig, images: str, prerequisites: Mapping[str, str]) -> str:
    """Hashes what a training is built from.

    Args:
        config: of the run.
        images: fingerprint of all that is learned from, which stands for the ``data`` section.
        prerequisites: name -> config hash of each run whose network is trained with.

    Returns:
        16 hexadecimal digits.
    """
    return hash_of(hashed(config), images, prerequisites)


def hash_of(sections: Mapping[str, Any], images: str, prerequisites: Mapping[str, str]) -> str:
    """Hashes what `hashed` returns, as `config_hash` does the config."""
    text = json.dumps([sections, images, dict(prerequisites)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def hashed(config: DictConfig) -> dict[str, Any]:
    """Returns the sections of a config that a training is built from, as plain values.

    Args:
        config: of the run.
    """
    # Not all of the config: following references is what takes long, in a sweep's plan.
    values = {str(name): as_plain(config[name]) for name in config if name in TRAINS}
    for key in WHERE:
        values["trainer"].pop(key, None)
    return values


def check_same(folder: Path, config: DictConfig, config_hash: str) -> None:
    """Checks that the run is continued with the settings it was begun with.

    Args:
        folder: of the run.
        config: that it would be continued with.
        config_hash: of this config and the images.

    Raises:
        UserError: another data set or another setting would change its weights, or an earlier
            version of this program began it.
    """
    result = run_folder.require(folder)
    if result.get("config_hash") == config_hash:
        return
    before = config_of(folder)
    if FIRST_LAYOUT in before:
        raise UserError(
            f"{folder} was begun by an earlier version of this program, whose weights it would not "
            "continue exactly. Images can be made of it and scored; to train on, start it anew: "
            f"python -m project.run {typed(list(map(str, result['overrides'])))}"
        )
    settings = list(changed(hashed(before), hashed(config)))
    listed = ", ".join(settings[:NAMED]) + (", ..." if len(settings) > NAMED else "")
    others = f"settings ({listed})" if settings else "images or labels"
    raise UserError(
        f"{folder} was begun with other {others}. Resume it with resume=<folder> and no other word "
        "that changes the training, from the folder in which it was started."
    )


def config_of(folder: Path) -> DictConfig:
    """Reads the config that a run was made with.

    Raises:
        UserError: there is none, or it is broken.
    """
    file = folder / run_folder.CONFIG
    if not file.is_file():
        raise UserError(f"{file} is missing. {run_folder.AS_LEFT}")
    try:
        config = OmegaConf.load(file)
    except (OSError, ValueError, yaml.YAMLError, OmegaConfBaseException) as error:
        raise UserError(f"{file} cannot be read. {run_folder.AS_LEFT}") from error
    if not isinstance(config, DictConfig) or not config:
        raise UserError(f"{file} is not a run's config. {run_folder.AS_LEFT}")
    return cast(DictConfig, OmegaConf.create(moved(OmegaConf.to_container(config))))


def moved(values: object) -> Any:
    """Returns a config with the classes of the first layout called as they are now."""
    if isinstance(values, dict):
        return {
            key: MOVED.get(value, value) if key == "_target_" else moved(value)
            for key, value in values.items()
        }
    return values


def changed(before: object, now: object, place: str = "") -> Iterator[str]:
    """Yields ``key: 2 -> 3`` for each value in which two plain configs differ.

    Args:
        before: the one.
        now: the other.
        place: where in the config they stand.
    """
    if not isinstance(before, dict) or not isinstance(now, dict):
        if before != now:
            yield f"{place}: {before} -> {now}"
        return
    for key in [*before, *(key for key in now if key not in before)]:
        yield from changed(before.get(key), now.get(key), f"{place}.{key}".lstrip("."))
