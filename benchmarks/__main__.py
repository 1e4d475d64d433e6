"""`python -m benchmarks [name ...]`: one table of what was measured and what was aimed at."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from project.cli.memory import keep_freed_memory


def main() -> None:
    """Runs the benchmarks named on the command line, or all."""
    known = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    for helper in ("alternate", "at_once"):
        known.remove(helper)
    wanted = sys.argv[1:] or known
    table = Table("what", "ours", "theirs", "ratio (range over the rounds)", "target")
    # As programs do: what is compared with profits from it, too.
    keep_freed_memory()
    torch.set_flush_denormal(True)
    for name in wanted:
        if name not in known:
            sys.exit(f"error: there is no benchmark {name}. Allowed: {', '.join(known)}.")
    try:
        for name in wanted:
            for row in importlib.import_module(f"benchmarks.{name}").rows():
                table.add_row(*row)
    finally:
        # What is measured by then is told, whatever stopped the rest.
        Console(width=120).print(table)


if __name__ == "__main__":
    main()
