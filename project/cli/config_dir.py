"""Where the options of the config groups are: those that come with the project, and one's own.

``--config-dir=<folder>`` adds a folder that is laid out as ``conf/`` is. It is kept in the
environment, so that the processes that a program starts have it too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from project.errors import UserError

PACKAGE = Path(__file__).parents[1]
# Installed, it is inside the package; in a checkout it lies beside it.
CONF = next(folder for folder in (PACKAGE / "conf", PACKAGE.parent / "conf") if folder.is_dir())
SWITCH = "--config-dir"
ENVIRONMENT = "LITTLE_DATA_GANS_CONFIG_DIR"
EXAMPLE = "<folder>/da/blur.yaml"


class OwnOptions(SearchPathPlugin):
    """Lets Hydra look into the user's own folder, too."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Puts it behind the project's."""
        for folder in folders()[1:]:
            search_path.append("config-dir", f"file://{folder}")


def take(line: Sequence[str]) -> list[str]:
    """Takes the switch off a command line: from now on its folder's options are there.

    Args:
        line: the command line.

    Returns:
        The other words.

    Raises:
        UserError: the folder has no options, or one that cannot be added.
    """
    others, named = [], None
    rest = iter(line)
    for word in rest:
        if word == SWITCH:
            named = next(rest, "")
        elif word.startswith(f"{SWITCH}="):
            named = word.partition("=")[2]
        else:
            others.append(word)
    os.environ.pop(ENVIRONMENT, None)
    if named is not None:
        os.environ[ENVIRONMENT] = str(_checked(named))
        Plugins.instance().register(OwnOptions)
    return others


def words() -> list[str]:
    """Returns the switch with the whole path of its folder; nothing where it was not given."""
    return [f"{SWITCH}={folder}" for folder in folders()[1:]]


def folders() -> list[Path]:
    """Returns the project's folder of config groups, and behind it the user's own."""
    own = os.environ.get(ENVIRONMENT)
    return [CONF, Path(own)] if own else [CONF]


def groups() -> list[str]:
    """Returns the names of the config groups."""
    return sorted(path.name for path in CONF.iterdir() if path.is_dir())


def files(group: str) -> list[Path]:
    """Returns the files of a group's options, by name."""
    return sorted(_files(group, folders()), key=lambda path: path.name)


def targets() -> set[str]:
    """Returns what the user's own options ask to build."""
    own = [path for group in groups() for path in _files(group, folders()[1:])]
    values = (OmegaConf.to_container(_read(path)) for path in own)
    return {target for read in values for _, target in targets_in(read)}


def targets_in(node: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yields each ``_target_`` of plain values, behind the key of its section.

    Args:
        node: of a config.
        place: its key.
    """
    if isinstance(node, dict):
        if "_target_" in node:
            yield place, str(node["_target_"])
        for key, value in node.items():
            yield from targets_in(value, f"{place}.{key}".lstrip("."))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from targets_in(value, f"{place}.{i}")


def _files(group: str, places: Sequence[Path]) -> list[Path]:
    return [path for place in places for path in (place / group).glob("*.yaml")]


def _checked(named: str) -> Path:
    if not named or named.startswith("-"):
        raise UserError(f"{SWITCH} needs a folder: {SWITCH}=<folder>, with such as {EXAMPLE}.")
    folder = Path(named).expanduser().resolve()
    if not folder.is_dir():
        raise UserError(f"{SWITCH}={named} is not there: {folder} is not a folder.")
    own = [path for group in groups() for path in _files(group, [folder])]
    if not own:
        raise UserError(
            f"{SWITCH}={named} holds no option of any group. Put them into folders called as the "
            f"groups are, such as {EXAMPLE}. Groups: {', '.join(groups())}."
        )
    for path in [*own, *folder.glob("*.yaml")]:
        if (CONF / path.relative_to(folder)).exists():
            raise UserError(
                f"{path} has the name of an option that comes with the project, and would never "
                "be read. Give it another name."
            )
    for path in own:
        _read(path)
    return folder


def _read(path: Path) -> DictConfig:
    try:
        config = OmegaConf.load(path)
    except (OSError, ValueError, yaml.YAMLError, OmegaConfBaseException) as error:
        raise UserError(f"{path} cannot be read: {' '.join(str(error).split())}.") from error
    if not isinstance(config, DictConfig):
        raise UserError(f"{path} is a list. An option is made of lines such as key: value.")
    return config
