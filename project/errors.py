"""The one error that a user is meant to read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Bad input, told in one sentence: what, where, what is allowed, how to mend it.

    The command line prints the sentence alone, without a traceback, and exits with code 2.
    """


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Ends an error's sentence with the nearest allowed name, or with all of them.

    Args:
        word: what the user wrote.
        allowed: the names that would have been right.

    Returns:
        ``Did you mean 'x'?`` where one is near, else ``Allowed: a, b, c.``
    """
    options = sorted({str(name) for name in allowed})
    by_folded = {option.casefold(): option for option in options}
    close = difflib.get_close_matches(str(word).casefold(), list(by_folded), n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{by_folded[close[0]]}'?"
    return f"Allowed: {', '.join(options)}."


def not_found(key: str, target: str, error: BaseException) -> str:
    """Says that a class that an option names cannot be had.

    Args:
        key: of the section that names it.
        target: its full name.
        error: what came of importing it.
    """
    while error.__cause__ is not None:
        error = error.__cause__
    return (
        f"{key}._target_={target} cannot be imported: {' '.join(str(error).split())}. Classes are "
        "looked for in the current folder and in the installed packages."
    )
