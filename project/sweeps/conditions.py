"""A sweep: which jobs a command line asks for, and the folder in which they are found again."""

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
from omegaconf import OmegaConf

from project.cli.checks import check_settings
from project.cli.compose import CONF, as_written, load_config
from project.errors import UserError
from project.runs.naming import experiment_name, readable
from project.sweeps.proposals import Search

SWITCHES = ("-m", "--multirun")
# Words about the sweep itself: no job of it hears them.
ABOUT = re.compile(r"(sweep|parallel|job_minutes|hydra)([./@=].*)")
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
    def seed(self) -> str:
        """The word that sets its seed."""
        return next((word for word in reversed(self.words) if word.startswith("seed=")), "")

    @property
    def title(self) -> str:
        """What one would call it."""
        return f"{self.condition} {self.seed}".strip() or "the defaults"


@dataclass(frozen=True)
class Sweep:
    """What a command line asks for.

    Attributes:
        name: of its folder below ``paths.multirun``: the same command finds its runs there.
        jobs: in the order in which they are run.
        about: words about the sweep itself.
        search: what Optuna is to look for, each trial being all the jobs; None: it is not asked.
    """

    name: str
    jobs: tuple[Job, ...]
    about: tuple[str, ...]
    search: Search | None

    @property
    def folder(self) -> Path:
        """Where its runs are."""
        return Path(load_config("config", self.jobs[0].words).paths.multirun) / self.name


def is_sweep(line: Sequence[str]) -> bool:
    """Says whether a command line asks for a sweep: ``sweep=``, ``seeds=`` or ``-m``."""
    asked = any(word in SWITCHES or word.startswith(("sweep=", "seeds=")) for word in line)
    return asked and not any(word.startswith("-") and word not in SWITCHES for word in line)


def read(line: Sequence[str]) -> Sweep:
    """Reads the jobs out of a command line: every combination of its lists, times the conditions.

    Args:
        line: the command line.

    Raises:
        UserError: it sets what the conditions set, or resumes a run.
    """
    words = [_seeds(word) for word in line if word not in SWITCHES]
    if any(word.startswith("resume=") for word in words):
        raise UserError("resume= goes on with one run. A sweep goes on when it is started again.")
    about = [word for word in words if ABOUT.fullmatch(word)]
    check_settings(as_written(OmegaConf.from_dotlist(about)), nullable=())
    named = [word for word in about if word.startswith("sweep")]
    lists = _lists([word for word in words if word not in about])
    jobs = []
    for combination in map(list, itertools.product(*lists.values())):
        varied = [
            word for word in combination if len(lists[_key(word)]) > 1 and _key(word) != "seed"
        ]
        for condition in _conditions(combination, named):
            text = " ".join([*varied, *condition])
            jobs.append(Job((*combination, *condition), text))
    search = _search(jobs, named)
    about = [word for word in about if word not in named]
    return Sweep(_name(words, named), tuple(jobs), tuple(about), search)


def _seeds(word: str) -> str:
    if not word.startswith("seeds="):
        return word
    count = word.removeprefix("seeds=")
    if not re.fullmatch(r"[1-9]\d*", count):
        raise UserError(f"{word} is not allowed. Give the number of seeds, 1 or more: seeds=3.")
    return f"seed=range({count})"


def _key(word: str) -> str:
    return word.split("=")[0]


def _lists(words: Sequence[str]) -> Mapping[str, list[str]]:
    """Reads Hydra's lists: a key and all the words that a sweep over it consists of."""
    found: dict[str, list[str]] = {}
    with initialize_config_dir(str(CONF), version_base="1.3"):
        parser = OverridesParser.create(GlobalHydra.instance().config_loader())
        for override in parser.parse_overrides(list(words)):
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
    keys = {
        _key(word) for condition in as_written(config.sweep)["conditions"] for word in condition
    }
    for key in sorted(keys):
        if key.split(".")[0] not in config:
            raise UserError(
                f"{' '.join(named)} sets {key}, which is not a word of "
                f"experiment={experiment_name(combination)}: it is a sweep of another study."
            )
    sweep = OmegaConf.to_container(config.sweep, resolve=True)
    assert isinstance(sweep, dict)
    conditions: list[list[str]] = sweep["conditions"]
    for word in combination:
        if _key(word) in keys:
            raise UserError(
                f"{' '.join(named)} sets {_key(word)} by itself: leave {word} out, or write a "
                "sweep of your own, a list of conditions in conf/sweep/."
            )
    return conditions


def _search(jobs: Sequence[Job], named: Sequence[str]) -> Search | None:
    settings = load_config("config", [*jobs[0].words, *named]).sweep if named else None
    if settings is None or "search" not in settings:
        return None
    varied = sorted({job.condition for job in jobs} - {""})
    if varied:
        raise UserError(
            f"{' '.join(named)} takes the mean over seeds alone, but there are {varied[0]} and "
            "others. Give one value, and a search for each."
        )
    found = OmegaConf.to_container(settings.search, resolve=True)
    assert isinstance(found, dict)
    return Search(**{str(key): value for key, value in found.items()})


def _name(words: Sequence[str], named: Sequence[str]) -> str:
    """Names a sweep after its words, seeds left out: more seeds go on with the same sweep."""
    option = [word.removeprefix("sweep=") for word in named if word.startswith("sweep=")]
    others = [word for word in words if word in named or not ABOUT.fullmatch(word)]
    others = [word for word in others if not UNNAMED.match(word)]
    # In an order of their own, whatever the order on the command line; short words first.
    others.sort(key=lambda word: (_key(word).count("."), word))
    told = readable(others)
    parts = [experiment_name(words), *option, told]
    if any(readable([word]) not in told or not readable([word]) for word in others):
        parts.append(hashlib.sha256("\n".join(others).encode()).hexdigest()[:8])
    return re.sub(r"[^\w.+-]+", "-", "_".join(part for part in parts if part))
