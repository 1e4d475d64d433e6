"""Trains one study, or a sweep of it: `python -m project.run experiment=da_faces`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import hydra
from omegaconf import DictConfig

from project.cli.checks import check_words
from project.cli.compose import load_config
from project.cli.config_dir import CONF
from project.cli.help import print_help
from project.cli.quoting import quote_paths
from project.cli.sentences import answer
from project.errors import UserError
from project.runs import resume
from project.runs.naming import outputs_of, readable
from project.runs.training import run
from project.sweeps.command_line import is_sweep, read

# Hydra has more; these are of use here.
SWITCHES = ("--help", "--cfg", "--resolve", "--package", "--multirun", "--config-dir")


def main() -> None:
    """The command line."""
    if {"--help", "-h"} & set(sys.argv):
        print_help(sys.argv[1:])
        return
    line = quote_paths(sys.argv[1:], sweeps=True)
    _check_switches(line)
    if is_sweep(line):
        run_sweep(line)
    else:
        run_single(line)


def run_sweep(line: Sequence[str]) -> None:
    """Runs what is missing of a sweep or a search."""
    # Late: a single run does without them.
    from project.sweeps.launch import run_listed
    from project.sweeps.search import run_search

    sweep = read(line)
    if sweep.search:
        run_search(sweep, sweep.search)
    else:
        run_listed(sweep)


def run_single(line: Sequence[str]) -> None:
    """Trains one run, or resumes one."""
    words = quote_paths(resume.words(line), sweeps=True)
    if any(word.startswith("-") for word in words):
        sys.argv[1:] = words
        os.environ["HYDRA_FULL_ERROR"] = "1"
        show()
        return
    config = load_config("config", words)
    check_words(config, words)
    if config.resume:
        config.sweep = resume.sweep_of(Path(config.resume))
    run(config, words, outputs_of(config.paths.outputs, words), readable(words))


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def show(config: DictConfig) -> None:
    """What Hydra's own switches, such as --cfg job, print instead of a training."""


def _check_switches(line: Sequence[str]) -> None:
    if {"-m", "--multirun"} & set(line) and any(word.startswith("--cfg") for word in line):
        raise UserError("--cfg shows the config of one run: leave -m out.")
    for word in line:
        if word.startswith("-") and word.split("=")[0] not in (*SWITCHES, "-m", "-c", "-p"):
            allowed = ", ".join(SWITCHES)
            meant = f" Write {word.lstrip('-')}." if "=" in word else ""
            raise UserError(f"{word} is no switch of this program.{meant} Allowed: {allowed}.")


if __name__ == "__main__":
    answer(main, "config")
