"""Reads a sweep's command line: its jobs, and the folder in which they are found again."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hydra import initialize_config_dir
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf

from project.cli.checks import check_settings
from project.cli.compose import as_written, load_config, plain
from project.cli.config_dir import CONF
from project.cli.quoting import quote_paths
from project.errors import UserError
from project.runs.naming import experiment_name, readable
from project.sweeps.search_space import Search

SWITCHES = ("-m", "--multirun")
# Overrides of the sweep itself, which no job is given.
OWN = re.compile(r"(sweep|parallel|job_minutes|hydra)([./@=].*)")
# What may differ from one sitting to the next: it changes neither the weights nor the scores.
UNNAMED = re.compile(
    r"(seed|experiment|sweep|sweep\.search\.trials)=|paths\.|logger|trainer=(auto|cpu|gpu|ddp)$"
    r"|trainer\.(accelerator|devices|strategy|num_nodes)="
)


@dataclass(frozen=True)
class Job:
    """A run of a sweep.

    Attributes:
        words: its command line.
        condition: what tells it from the others, less its seed, such as ``da=flip``.
    """

    words: tuple[str, ...]
    condition: str

    @property
    def title(self) -> str:
        """The condition and the seed."""
        seed = next((word for word in reversed(self.words) if word.startswith("seed=")), "")
        return f"{self.condition} {seed}".strip() or "the defaults"


@dataclass(frozen=True)
class Sweep:
    """The runs that a command line stands for.

    Attributes:
        folder: below ``paths.multirun``: the same command finds its runs there.
        jobs: in the order in which they are run.
        launch_options: overrides such as ``parallel=2`` and ``hydra.launcher.partition=gpu``.
        search: what Optuna looks for, each trial being all the jobs; None: no search.
    """

    folder: Path
    jobs: tuple[Job, ...]
    launch_options: tuple[str, ...]
    search: Search | None


def is_sweep(line: Sequence[str]) -> bool:
    """Says whether a command line stands for a sweep: ``sweep=``, ``seeds=`` or ``-m``."""
    named = any(word in SWITCHES or word.startswith(("sweep=", "seeds=")) for word in line)
    return named and not any(word.startswith("-") and word not in SWITCHES for word in line)


def read(line: Sequence[str]) -> Sweep:
    """Reads the jobs out of a command line: every combination of its lists, times the conditions.

    Args:
        line: the command line.

    Raises:
        UserError: it sets what the conditions set, or resumes a run.
    """
    _check_said_once(line)
    words = [_expand_seeds(word) for word in line if word not in SWITCHES]
    if any(word.startswith("resume=") for word in words):
        raise UserError("resume= goes on with one run. A sweep goes on when it is started again.")
    own = [word for word in words if OWN.fullmatch(word)]
    check_settings(as_written(OmegaConf.from_dotlist(own)), nullable=())
    _check_launcher(own)
    named = [word for word in own if word.startswith("sweep")]
    choices = _choices([word for word in words if word not in own])
    varied = {key for key in choices if len(choices[key]) > 1} - {"seed"}
    combinations = list(itertools.product(*choices.values()))
    jobs = [
        Job(
            (*combination, *condition),
            " ".join([*(word for word in combination if _key(word) in varied), *condition]),
        )
        for combination in combinations
        for condition in _conditions(combination, named)
    ]
    config = load_config("config", [*combinations[0], *named])
    return Sweep(
        folder=Path(config.paths.multirun) / _name(words, named),
        jobs=tuple(jobs),
        launch_options=tuple(word for word in own if word not in named),
        search=_search(config.sweep, jobs, named),
    )


def _expand_seeds(word: str) -> str:
    if not word.startswith("seeds="):
        return word
    count = word.removeprefix("seeds=")
    if not re.fullmatch(r"[1-9]\d*", count):
        raise UserError(f"{word} is not allowed. Give the number of seeds, 1 or more: seeds=3.")
    return f"seed=range({count})"


def _check_said_once(line: Sequence[str]) -> None:
    for key in ("seeds?", "sweep"):
        said = [word for word in line if re.match(f"{key}=", word)]
        if len(said) > 1:
            raise UserError(f"{' and '.join(said)} say the same thing differently: give one.")


def _check_launcher(own: Sequence[str]) -> None:
    for word in own:
        if word.startswith("hydra.launcher.") and not any("hydra/launcher=" in w for w in own):
            raise UserError(
                f"{word} is for a launcher, and none is chosen. Add hydra/launcher=submitit_slurm, "
                "or leave it out: parallel=2 alone runs two jobs at a time on this machine."
            )


def _key(word: str) -> str:
    return word.split("=")[0]


def _choices(words: Sequence[str]) -> Mapping[str, list[str]]:
    """Reads Hydra's lists: a key and all the words that a sweep over it consists of."""
    found: dict[str, list[str]] = {}
    with initialize_config_dir(str(CONF), version_base="1.3"):
        parser = OverridesParser.create(GlobalHydra.instance().config_loader())
        for override in parser.parse_overrides(list(words)):
            if override.is_sweep_override() and not override.is_discrete_sweep():
                raise UserError(
                    f"{override.input_line} does not say which values. Give a list of them, such "
                    "as epochs=10,20, or range(10,30,10)."
                )
            (batch,) = BasicSweeper.split_arguments([override], None)
            choices = [word for (word,) in batch]
            if not choices:
                raise UserError(f"{override.input_line} stands for nothing: no option fits it.")
            found[_key(choices[0])] = choices
    return found


def _conditions(combination: Sequence[str], named: Sequence[str]) -> list[list[str]]:
    if not named:
        return [[]]
    config = load_config("config", [*combination, *named])
    if "conditions" not in config.sweep:
        return [[]]
    # Not resolved: what is not a key of this experiment is answered before what refers to it.
    unresolved: list[list[str]] = as_written(config.sweep)["conditions"]
    keys = {_key(word) for condition in unresolved for word in condition}
    for key in sorted(keys):
        if key.split(".")[0] not in {*config, *config.choices}:
            raise UserError(
                f"{' '.join(named)} sets {key}, which is not a word of "
                f"experiment={experiment_name(combination)}: it is a sweep of another study."
            )
    conditions: list[list[str]] = plain(config.sweep)["conditions"]
    for word in combination:
        if _key(word) in keys:
            raise UserError(
                f"{' '.join(named)} sets {_key(word)} by itself: leave {word} out, or write a "
                "sweep of your own, a list of conditions in conf/sweep/."
            )
    return [quote_paths(condition) for condition in conditions]


def _search(settings: DictConfig, jobs: Sequence[Job], named: Sequence[str]) -> Search | None:
    if "search" not in settings:
        return None
    varied = sorted({job.condition for job in jobs} - {""})
    if varied:
        raise UserError(
            f"{' '.join(named)} takes the mean over seeds alone, but there are {varied[0]} and "
            "others. Give one value, and a search for each."
        )
    return Search(**plain(settings.search))


def _name(words: Sequence[str], named: Sequence[str]) -> str:
    """Names a sweep after its words, seeds left out: more seeds go on with the same sweep."""
    option = [word.removeprefix("sweep=") for word in named if word.startswith("sweep=")]
    others = [word for word in words if word in named or not OWN.fullmatch(word)]
    others = [word for word in others if not UNNAMED.match(word)]
    # In an order of their own, whatever the order on the command line; short words first.
    others.sort(key=lambda word: (_key(word).count("."), word))
    label = readable(others)
    parts = [experiment_name(words), *option, label]
    if any(readable([word]) not in label or not readable([word]) for word in others):
        parts.append(hashlib.sha256("\n".join(others).encode()).hexdigest()[:8])
    return re.sub(r"[^\w.+-]+", "-", "_".join(part for part in parts if part))
