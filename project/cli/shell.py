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
    odd = re.search(r'["$`\\!]', word)
    # Within double quotes a shell that is typed into takes a ! for a word of its history.
    if plain == word or (odd and "'" not in word) or "!" in word:
        return plain
    escaped = re.sub(r'(["$`\\])', r"\\\1", word)
    return f'"{escaped}"'
