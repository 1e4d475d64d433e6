"""Quotes paths on a command line, whose names may hold what Hydra's grammar reserves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Quote, QuotedString
from hydra.errors import HydraException

PATH_START = r"(?:[/~]|\.\.?/)"
# Read as text anyway: quotes would only clutter what is shown later.
PLAIN_PATH = re.compile(r"[\w./-]*[A-Za-z_]/[\w./-]+|/[\w./-]*", re.ASCII)
# One of several values with commas between; a comma within its brackets or quotes is its own.
ITEM = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|"""
    r"(?:\([^()]*\)|\[(?:[^][]|\[[^][]*\])*\]|\{[^{}]*\}|[^,])+"
)


def quote_paths(words: Sequence[str], *, sweeps: bool = False) -> list[str]:
    """Quotes the values that are paths, or that Hydra's grammar cannot parse.

    A value is a path where it begins with ``/``, ``~``, ``./`` or ``../``. Lists, mappings,
    numbers, null and what is quoted already stay as they are; the paths in a list are quoted.

    Args:
        words: the command line.
        sweeps: whether ``a,b`` and ``range(3)`` are sweeps; otherwise they are text.
    """
    return [_quote_word(word, sweeps) for word in words]


def quoted(text: str) -> str:
    """Returns text in single quotes, as Hydra's grammar reads it."""
    return QuotedString(text, Quote.single).with_quotes()


def _quote_word(word: str, sweeps: bool) -> str:
    key, _, value = word.partition("=")
    return word if word.startswith("-") or not value else f"{key}={_quote(value, sweeps)}"


def _quote(value: str, sweeps: bool) -> str:
    if re.match(PATH_START, value):
        # Of /a,b the comma belongs to the path; /a,/b is a sweep.
        paths = re.split(rf",\s*(?={PATH_START})", value) if sweeps else [value]
        return ",".join(map(_quote_path, paths))
    if _is_parsed(value, sweeps):
        return value
    choices = ITEM.findall(value)
    if sweeps and len(choices) > 1:
        return ",".join(_quote(choice, False) for choice in choices)
    if choices == [value] and value.startswith("[") and value.endswith("]"):
        items = (item.strip() for item in ITEM.findall(value[1:-1]))
        return f"[{','.join(_quote(item, False) for item in items)}]"
    # What was begun as a list or a mapping is told as it was written.
    return value if value.startswith(("[", "{")) else quoted(value)


def _quote_path(text: str) -> str:
    path = Path(text)
    with suppress(RuntimeError):  # ~ before the name of nobody
        # A shell leaves ~ alone behind a key.
        path = path.expanduser()
    return str(path) if PLAIN_PATH.fullmatch(str(path)) else quoted(str(path))


def _is_parsed(value: str, sweeps: bool) -> bool:
    try:
        override = OverridesParser.create().parse_override(f"key={value}")
    except HydraException:
        return False
    return sweeps or not override.is_sweep_override()
