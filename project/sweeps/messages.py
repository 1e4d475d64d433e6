"""What a sweep says while it runs."""

from __future__ import annotations

from rich.console import Console

console = Console(stderr=True)


def say(text: str, style: str | None = None) -> None:
    """Prints a line on stderr as it stands: neither wrapped, marked up nor highlighted."""
    console.print(text, style=style, markup=False, soft_wrap=True, highlight=False)
