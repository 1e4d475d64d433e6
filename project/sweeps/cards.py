"""Which GPUs this machine lets a sweep's jobs have, and which one a job gets."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence

VISIBLE = "CUDA_VISIBLE_DEVICES"


def cards_here() -> list[str]:
    """Returns what the driver calls the GPUs, without torch; of those alone that the user lets see.

    A card that is divided (MIG) counts as its parts.
    """
    if VISIBLE in os.environ:
        named = [word.strip() for word in os.environ[VISIBLE].split(",")]
        return [word for word in named if re.match(r"\d|GPU-|MIG-", word)]
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    told = subprocess.run([program, "-L"], capture_output=True, text=True, check=False)
    return listed_cards(told.stdout) if told.returncode == 0 else []


def listed_cards(text: str) -> list[str]:
    """Reads the answer of ``nvidia-smi -L``."""
    found: list[tuple[str, list[str]]] = []
    for name in re.findall(r"UUID: ([\w/.-]+)", text):
        if name.startswith("MIG-"):
            found[-1][1].append(name)
        else:
            found.append((name, []))
    return [name for card, parts in found for name in parts or [card]]


def freest_card(cards: Sequence[str], taken: Sequence[str | None]) -> str | None:
    """Returns the card with the fewest jobs, of several the first; None where there are no cards.

    Args:
        cards: of the machine.
        taken: those of the jobs that are running.
    """
    return min(cards, key=list(taken).count, default=None)
