"""From the words on the command line to a config.

Torch-free, and quick to import: `--help` is answered in under two seconds.
"""

from __future__ import annotations

import functools
import pickle
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from hydra.utils import get_class
from omegaconf import DictConfig, ListConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from project.cli.config_dir import CONF, files, folders, groups
from project.errors import UserError

# An option of a group, or a value that Hydra sets once all options are composed.
SIMPLE = re.compile(r"(?!hydra\b|choices\b)[A-Za-z_][\w.]*=(?!\{)")


def _whole(number: float | None) -> int:
    if number is None:
        raise UserError("n=null does not say how many images that is. Give the number: n=<images>.")
    return int(number)


def _two(names: Sequence[str]) -> ListConfig:
    # Late: it needs NumPy, which --help need not wait for.
    from project.data.features import read_two

    return ListConfig([str(feature) for feature in read_two(names)])


def _signed(name: str) -> str:
    # Late, as above.
    from project.data.features import Feature

    return str(Feature.read(name))


def _treatments() -> DictConfig:
    return OmegaConf.create(_kinds_of_one_image())


@functools.cache
def _kinds_of_one_image() -> dict[str, Any]:
    # Late: it needs NumPy.
    from project.da.kind import Transform

    found: dict[str, Any] = {}
    for path in files("da"):
        kinds = dict((yaml.safe_load(path.read_text()) or {}).get("kinds") or {})
        found |= {
            name: kind
            for name, kind in kinds.items()
            if "???" not in str(kind) and issubclass(get_class(kind["_target_"]), Transform)
        }
    return found


# ${ceil_div:a,b} in a config: how many b it takes to hold a; ${times:a,b}: the product.
OmegaConf.register_new_resolver(
    "ceil_div", lambda a, b: -(-_whole(a) // max(1, _whole(b))), replace=True
)
OmegaConf.register_new_resolver("times", lambda a, b: _whole(a) * _whole(b), replace=True)
# ${div:1.0,6.0}: a weight as the study writes it.
OmegaConf.register_new_resolver("div", lambda a, b: float(a) / float(b), replace=True)
# ${joined:1,${seed}} is 10 for seed 0: a seed that no run has that was not given it.
OmegaConf.register_new_resolver("joined", lambda a, b: int(f"{a}{b}"), replace=True)
# ${two:${features}}: both with their signs; ${of_two:${features},0}: the first of two. In one
# spelling, so that two runs on the same features are found to be the same.
OmegaConf.register_new_resolver("two", _two, replace=True)
OmegaConf.register_new_resolver("of_two", lambda names, at: _two(names)[at], replace=True)
# ${signed:Bald} is +Bald.
OmegaConf.register_new_resolver("signed", _signed, replace=True)
# ${treatments:}: every kind in conf/da that is complete and makes one image of one.
OmegaConf.register_new_resolver("treatments", _treatments, replace=True)


def settings(words: Sequence[str]) -> list[str]:
    """Returns the words that set something: no switches such as -m."""
    return [word for word in words if not word.startswith("-") and "=" in word]


def choices(words: Sequence[str]) -> list[str]:
    """Returns the words that choose options of groups."""
    known = groups()
    return [word for word in words if word.split("=")[0].split("@")[0] in known]


def load_config(name: str, overrides: Sequence[str]) -> DictConfig:
    """Composes ``conf/<name>.yaml`` with overrides, outside or inside of a Hydra program.

    A run's config says in ``choices`` which option of each group it was composed from. What the
    same options make is composed once: jobs of a sweep differ by their values.

    Args:
        name: of the primary config.
        overrides: of a command line, such as ``seed=3``.
    """
    known = groups()
    if all(SIMPLE.match(word) for word in overrides):
        chosen = [word for word in overrides if word.split("=")[0] in known]
        try:
            others = [_parsed(word) for word in overrides if word not in chosen]
            config: DictConfig = pickle.loads(_options_alone(name, tuple(folders()), *chosen))
            if not any(override.is_sweep_override() for override in others):
                ConfigLoaderImpl._apply_overrides_to_config(others, config)
                return config
        except (HydraException, OmegaConfBaseException):
            pass  # told by what follows
    return compose_anew(name, overrides)


def compose_anew(name: str, overrides: Sequence[str]) -> DictConfig:
    """Composes from the files, as `load_config` says."""
    if not GlobalHydra.instance().is_initialized():
        with initialize_config_dir(str(CONF), version_base="1.3", job_name=name):
            return compose_anew(name, overrides)
    config = compose(name, list(overrides), return_hydra_config=True)
    chosen = config.hydra.runtime.choices
    with open_dict(config):
        del config["hydra"]
        if "choices" in config:
            config.choices = {
                str(group): option
                for group, option in chosen.items()
                if option is not None and not str(group).startswith("hydra")
            }
    return config


@functools.lru_cache(maxsize=256)
def _options_alone(name: str, places: tuple[Path, ...], *chosen: str) -> bytes:
    return pickle.dumps(compose_anew(name, chosen))


@functools.lru_cache(maxsize=4096)
def _parsed(word: str) -> Override:
    return OverridesParser.create().parse_override(word)


def options(group: str) -> list[tuple[str, str]]:
    """Returns a group's options with the first comment of each file."""
    found = []
    for path in files(group):
        comments = [line[1:].strip() for line in path.read_text().splitlines() if line[:1] == "#"]
        described = [comment for comment in comments if not comment.startswith("@")]
        found.append((path.stem, described[0] if described else ""))
    return found


def as_written(config: DictConfig) -> dict[str, Any]:
    """Returns a config as plain Python values, references as ``${...}``."""
    return _values(config, resolve=False)


def plain(config: DictConfig) -> dict[str, Any]:
    """Returns a config as plain Python values, every reference followed."""
    return _values(config, resolve=True)


def as_plain(value: Any) -> Any:
    """Returns a part of a config as plain Python values, every reference followed."""
    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value


def _values(config: DictConfig, *, resolve: bool) -> dict[str, Any]:
    values = OmegaConf.to_container(config, resolve=resolve)
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items()}
