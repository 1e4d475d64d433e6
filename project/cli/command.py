"""`little-data-gans run ...`: what `python -m project.run ...` is, as an installed command.

Quick to import: help comes at once.
"""

from __future__ import annotations

import importlib.metadata
import os
import runpy
import sys

from project.errors import nearest

PROGRAMS = {
    "run": "trains one study, or a sweep of it",
    "recommend": "the answer for your pictures: which augmentation helps",
    "report": "one page on many runs: which augmentation helps, and how sure that is",
    "evaluate": "scores images, of a run or of a folder",
    "generate": "makes images from a run",
    "prepare": "finds a data set, and decodes it ahead of training",
}
TEXT = """\
Which augmentation helps my GAN on few pictures, and how sure are you?

  little-data-gans <program> [group=option] [key=value] ...
  little-data-gans <program> --help
  little-data-gans --version

Programs
{programs}

With each of them
  --config-dir=<folder>   options of your own, such as <folder>/da/blur.yaml
"""


def main() -> None:
    """Starts a program as the main module, so that the processes that it starts are the same."""
    program, *words = sys.argv[1:] or ["--help"]
    if program in ("--help", "-h"):
        lines = (f"  {name:10} {text}" for name, text in PROGRAMS.items())
        print(TEXT.format(programs="\n".join(lines)), end="")
        return
    if program == "--version":
        print(f"little-data-gans {importlib.metadata.version('little-data-gans')}")
        return
    if program not in PROGRAMS:
        told = f"error: '{program}' is not a program. {nearest(program, PROGRAMS)}"
        print(told, file=sys.stderr)
        sys.exit(2)
    # As of python -m: classes of one's own are found in the current folder.
    sys.path.insert(0, os.getcwd())  # noqa: PTH109
    sys.argv[1:] = words
    runpy.run_module(f"project.{program}", run_name="__main__", alter_sys=True)
