"""Command lines that are shown to be typed again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence


def typed(words: Sequence[str]) -> str:
    """Writes a command line to be typed again, quoted as a person would: in double quotes."""
    return " ".join(map(_typed_word, words))


def _typed_word(word: str) -> str:
    plain = shlex.quote(word)
    return plain if plain == word or re.search(r'["$`\\!]', word) else f'"{word}"'
