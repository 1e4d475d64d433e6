"""From an error to one sentence, and the exit code of a program.

Torch-free, and quick to import: misspelt words are answered in under two seconds.
"""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence

from hydra.errors import (
    ConfigCompositionException,
    HydraException,
    InstantiationException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from project.cli import config_dir
from project.cli.compose import options
from project.cli.signals import Interrupted, listen
from project.cli.unknown_keys import unknown_key
from project.errors import UserError, nearest, not_found

# Of each program, by its primary config: an override to show.
EXAMPLES = {
    "config": "experiment=da_faces",
    "generate": "run=<folder>",
    "prepare": "data=celeba",
    "evaluate": "run=<folder>",
    "report": "runs=<folder>",
    "recommend": "hours=2",
}
# Groups of which a run takes several options.
TOGETHER = ("da", "logger", "penalty", "score")
# What the system refuses, whatever the program does.
OF_THE_SYSTEM = (
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT),
    *(errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP),
)
TOO_LARGE = "There is not enough memory. Give a smaller size, n or batch_size"
# What a constructor raises where a value does not suit it; anything else is a fault of the code.
UNSUITED = (ValueError, TypeError, ArithmeticError, LookupError, RuntimeError)


def answer(main: Callable[[], None], program: str) -> None:
    """Runs a program; bad input ends it with one sentence and exit code 2.

    Args:
        main: the program.
        program: name of its primary config.
    """
    listen()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of files may hold what a terminal cannot show; stderr does the same by itself.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        sys.argv[1:] = config_dir.take(sys.argv[1:])
        main()
        sys.stdout.flush()
    except BrokenPipeError:
        # `... | head`: whoever reads has had enough. What is still to be flushed goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Interrupted as interrupted:
        notes = getattr(interrupted, "__notes__", [])
        print("\n".join([f"interrupted ({interrupted})", *notes]), file=sys.stderr)
        sys.exit(interrupted.exit_code)
    except Exception as error:
        sentence = explain(error, sys.argv[1:], program)
        if sentence is None:
            raise
        print(f"error: {sentence}", file=sys.stderr)
        sys.exit(2)


def explain(error: BaseException, words: Sequence[str], program: str = "config") -> str | None:
    """Says what was wrong with the input; None where the input is not to blame.

    Args:
        error: what was raised.
        words: the command line.
        program: name of its primary config.
    """
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, UserError):
            return str(link)
    for link in chain:
        if isinstance(link, OSError) and link.errno in OF_THE_SYSTEM:
            return f"{link.filename or 'A file'} cannot be read or written ({link.strerror})."
        told = str(link)
        # Of NumPy, of CUDA, and of torch on a CPU, which has no name for it.
        if isinstance(link, MemoryError) or re.search("out of memory|can't allocate memory", told):
            return f"{TOO_LARGE} ({' '.join(told.split())})."
        if "does not have a deterministic implementation" in told:
            what = told.split()[0]
            return (
                f"{what} is not deterministic on this device, as trainer.deterministic=true wants "
                "it. Leave that out, or train on another device: trainer=cpu."
            )
    sentence = _emptied_group_sentence(words) or _hydra_sentence(chain, words, program)
    if sentence:
        return sentence
    built = [link for link in chain if isinstance(link, InstantiationException)]
    if built:
        return _instantiation_sentence(built[-1], words)
    for link in chain:
        if isinstance(link, HydraException | OmegaConfBaseException):
            return " ".join(str(link).split())
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yields an error and what it was raised from."""
    seen: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in seen:
        seen.append(link)
        yield link
        link = link.__cause__ or link.__context__


def _emptied_group_sentence(words: Sequence[str]) -> str:
    for word in words:
        group, _, option = word.partition("=")
        if option in ("null", "[]") and group in config_dir.groups():
            allowed = ", ".join(name for name, _ in options(group))
            return f"{word} is not allowed. Allowed for {group}: {allowed}."
    return ""


def _hydra_sentence(chain: Sequence[BaseException], words: Sequence[str], program: str) -> str:
    for link in chain:
        if isinstance(link, MissingConfigException):
            group, _, option = str(link.missing_cfg_file).rpartition("/")
            known = [name for name, _ in options(group)]
            return f"{group}={option} is not there. {nearest(option, known)}"
    for link in chain:
        if isinstance(link, OverrideParseException):
            return _unreadable_sentence(link, program)
        if isinstance(link, ConfigCompositionException):
            return _composition_sentence(link, words, program)
        if isinstance(link, MissingMandatoryValue):
            return f"{link.full_key}= is missing. Write {EXAMPLES[program]}."
    return ""


def _unreadable_sentence(error: OverrideParseException, program: str) -> str:
    word, example = error.override, EXAMPLES[program]
    groups = [g for g in config_dir.groups() if word in [name for name, _ in options(g)]]
    if groups and program == "config":
        return f"'{word}' is not of the form key=value. Did you mean {groups[0]}={word}?"
    if word.startswith("-"):
        return f"{word} is no switch of this program. It knows --help and words like {example}."
    if "=" not in word:
        meant = example.replace("<folder>", word)
        return f"'{word}' is not of the form key=value. Write {meant}."
    first = str(error).strip().splitlines()[0]
    return f"'{word}' cannot be read: {first}. Write key=value; quote [ ] and ( )."


def _composition_sentence(
    error: ConfigCompositionException, words: Sequence[str], program: str
) -> str:
    text = str(error)
    missing = re.match(r"You must specify '([^']+)'", text)
    if missing:
        allowed = [line.strip() for line in text.splitlines()[2:] if line.strip()]
        return f"{missing.group(1)}=<option> is missing. Allowed: {', '.join(allowed)}."
    several = re.match(r"Ambiguous value for argument '(([^=]+)=(.*))'\n", text)
    if several:
        word, key, values = several.groups()
        end = ""
        if key in TOGETHER or key not in config_dir.groups():
            together = "mixes them" if key == "da" else "is a list of them"
            end = f"; {key}=[{values}] {together} in one run"
        return f"'{word}' names several values. With -m it is a sweep, a run for each{end}."
    unknown = re.match(r"Could not (?:override|delete)[^']*'([^']+)'", text)
    if unknown:
        return unknown_key(unknown.group(1).split("@")[0], words, program)
    return " ".join(text.split())


def _instantiation_sentence(error: InstantiationException, words: Sequence[str]) -> str | None:
    found = re.search(r"unexpected keyword argument '([^']+)'", str(error))
    place = re.search(r"full_key: (\S+)", str(error))
    if found and place:
        return f"'{found.group(1)}' is not a key of {place.group(1)}."
    unknown = re.search(r"Error locating target '([^']+)'", str(error))
    if unknown and place:
        return not_found(place.group(1), unknown.group(1), error)
    if place and "Expected a callable target" in str(error):
        return f"{place.group(1)}._target_ names nothing that can be built. Name a class."
    missed = [word for word in words if word.endswith("=null") and "." in word]
    if place and missed and "'NoneType'" in str(error.__cause__):
        return f"{place.group(1)} cannot do without what {missed[-1]} takes away. Leave it out."
    if place and isinstance(error.__cause__, UNSUITED):
        reason = " ".join(str(error.__cause__).split())
        return f"{place.group(1)} cannot be built with the values it is given ({reason})."
    return None
