"""From the words on the command line to a config, and from an error to one sentence.

Torch-free, and quick to import: `--help` and misspelt words are answered in under two seconds.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import (
    ConfigCompositionException,
    HydraException,
    InstantiationException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from project.errors import UserError, nearest
from project.interruption import Interrupted, listen

PATH_WORD = re.compile(r"^(resume|run|out|paths\.\w+|data\.root|backbone\.weights)=([^'\"\[{$].*)$")
CONF = Path(__file__).parent.parent / "conf"


def answer(main: Callable[[], None]) -> None:
    """Runs a program; bad input ends it with one sentence and exit code 2.

    Args:
        main: the program.
    """
    listen()
    try:
        main()
    except Interrupted as interrupted:
        notes = getattr(interrupted, "__notes__", [])
        print("\n".join([f"interrupted ({interrupted})", *notes]), file=sys.stderr)
        sys.exit(interrupted.exit_code)
    except Exception as error:
        sentence = explain(error, sys.argv[1:])
        if sentence is None:
            raise
        print(f"error: {sentence}", file=sys.stderr)
        sys.exit(2)


def explain(error: BaseException, words: Sequence[str]) -> str | None:
    """Says what was wrong with the input; None where the input is not to blame.

    Args:
        error: what was raised.
        words: the command line.
    """
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    for link in chain:
        if isinstance(link, UserError):
            return str(link)
    for link in chain:
        if isinstance(link, MissingConfigException) and link.options is not None:
            group, _, option = str(link.missing_cfg_file).rpartition("/")
            return f"{group}={option} is not there. {nearest(option, link.options)}"
    for link in chain:
        if isinstance(link, OverrideParseException):
            first = str(link).strip().splitlines()[0]
            return f"'{link.override}' cannot be read: {first}. Write key=value; quote [ ] and ( )."
        if isinstance(link, ConfigCompositionException):
            return _composition_sentence(link, words)
    for link in chain:
        if isinstance(link, InstantiationException):
            return _instantiation_sentence(link)
        if isinstance(link, HydraException | OmegaConfBaseException):
            return " ".join(str(link).split())
    return None


def _composition_sentence(error: ConfigCompositionException, words: Sequence[str]) -> str:
    text = str(error)
    missing = re.match(r"You must specify '([^']+)'", text)
    if missing:
        group = missing.group(1)
        options = [line.strip() for line in text.splitlines()[2:] if line.strip()]
        return f"{group}=<option> is missing. Allowed: {', '.join(options)}."
    found = re.match(r"Could not (?:override|delete)[^']*'([^']+)'", text)
    if not found:
        return " ".join(text.split())
    key = found.group(1).split("@")[0]
    others = [word for word in words if not re.match(rf"[+~]*{re.escape(key)}(@[^=]*)?=", word)]
    parent, _, last = key.rpartition(".")
    known: Iterable[str] = top_level_words()
    config = load_config("config", settings(others)) if parent or last not in known else None
    if parent and config is not None:
        # The first word of a.b.c that is wrong, and its neighbours.
        path, node = key.split("."), config
        while isinstance(node.get(path[0]), DictConfig) and len(path) > 1:
            node = node[path.pop(0)]
        parent, last = key[: -len(".".join(path))].rstrip("."), path[0]
        known = map(str, node)
    elif last in known:
        experiment = [word for word in words if word.startswith("experiment=")]
        return f"'{key}' is not a word of {' '.join(experiment) or 'this experiment'}."
    else:
        known = {*known, *map(str, config or ())}
    return f"'{last}' is not a key{f' of {parent}' if parent else ''}. {nearest(last, known)}"


def _instantiation_sentence(error: InstantiationException) -> str | None:
    found = re.search(r"unexpected keyword argument '([^']+)'", str(error))
    place = re.search(r"full_key: (\S+)", str(error))
    if found and place:
        return f"'{found.group(1)}' is not a key of {place.group(1)}."
    return None


def quote_paths(words: Sequence[str]) -> list[str]:
    """Quotes the paths among the words: a folder's name may hold what Hydra's grammar reserves.

    Args:
        words: the command line.
    """
    return [PATH_WORD.sub(_quoted, word) for word in words]


def _quoted(match: re.Match[str]) -> str:
    # A shell leaves ~ alone behind a key.
    path = str(Path(match.group(2)).expanduser()).replace("\\", "\\\\").replace("'", "\\'")
    return f"{match.group(1)}='{path}'"


def settings(words: Sequence[str]) -> list[str]:
    """Returns the words that set something: no switches such as -m."""
    return [word for word in words if not word.startswith("-") and "=" in word]


def top_level_words() -> list[str]:
    """Returns the names of the config groups."""
    return sorted(path.name for path in CONF.iterdir() if path.is_dir())


def load_config(name: str, overrides: Sequence[str]) -> DictConfig:
    """Composes ``conf/<name>.yaml`` with overrides, outside or inside of a Hydra program.

    Args:
        name: of the primary config.
        overrides: words of a command line, such as ``seed=3``.
    """
    if GlobalHydra.instance().is_initialized():
        return compose(name, list(overrides))
    with initialize_config_dir(str(CONF), version_base="1.3", job_name=name):
        return compose(name, list(overrides))


def options(group: str) -> list[tuple[str, str]]:
    """Returns a group's options with the first comment of each file."""
    found = []
    for path in sorted((CONF / group).glob("*.yaml")):
        comments = [line[1:].strip() for line in path.read_text().splitlines() if line[:1] == "#"]
        described = [comment for comment in comments if not comment.startswith("@")]
        found.append((path.stem, described[0] if described else ""))
    return found


def plain(config: DictConfig) -> dict[str, Any]:
    """Returns a config as plain Python values, every reference followed."""
    values = OmegaConf.to_container(config, resolve=True)
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items()}
