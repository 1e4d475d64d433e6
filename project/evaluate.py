"""Scores images, from this project or not: `python -m project.evaluate run=<folder>`."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from omegaconf import DictConfig
from rich.console import Console

from project.cli.checks import check_kinds
from project.cli.compose import load_config
from project.cli.quoting import quote_paths
from project.cli.sentences import answer
from project.errors import UserError, nearest
from project.evaluation.inputs import check
from project.metrics.score_names import SCORES
from project.runs import run_folder

HELP = """\
Scores images against real ones: Inception Score, FID, KID, precision, recall, density, coverage;
whether they are copies, whether the augmentation leaked, whether the wanted class is there.

  python -m project.evaluate run=<run folder> [n=1000] [seed=0] [weights=best]
  python -m project.evaluate images=<folder> reference=<folder of real images> [held_out=<folder>]
      [size=64] [wanted_class=[Pomeranian]] [backbone=efficientnet_lite0] [out=<new folder>]

wanted_class= asks how probable these ImageNet classes are, of ResNet-50 where it can be had.
Prints a table; leaves scores.json and pictures in a new folder. The scores:

{scores}
"""
console = Console(stderr=True)


def main() -> None:
    """The command line."""
    if {"--help", "-h"} & set(sys.argv):
        print(HELP.format(scores="\n".join(map(_line, SCORES))))
        return
    words = quote_paths(sys.argv[1:])
    checked = check(read_words(words), words)
    for found in checked.surveys.values():
        for note in found.notes:
            console.print(note, markup=False)
    with console.status("Loading PyTorch"):
        from project.evaluation.scoring import evaluate

    folder = evaluate(checked, lambda: new_folder(checked.config))
    print(f"scores  {folder / 'scores.json'}")


def _line(name: str) -> str:
    """Tells a score's name, which way is better, and what it is."""
    told = f"{SCORES[name].about} {SCORES[name].direction}".strip()
    head = f"  {name.strip('_'):29}"
    return textwrap.fill(told, 100, initial_indent=head, subsequent_indent=" " * len(head))


def read_words(words: list[str]) -> DictConfig:
    """Composes the evaluation's config.

    Raises:
        UserError: a word is none of its keys, or a value is of another kind than the shipped one.
    """
    known = [
        *map(str, load_config("evaluate", [])),
        "backbone@wanted_backbone",
        "backbone@offline_backbone",
    ]
    for word in words:
        key = word.lstrip("+~").split("=")[0].split(".")[0]
        if key not in known:
            raise UserError(f"'{key}' is not a key of project.evaluate. {nearest(key, known)}")
    config = load_config("evaluate", words)
    check_kinds("evaluate", config, words)
    for key, least in (("n", 1), ("batch_size", 1), ("pairs", 1), ("size", 1), ("seed", 0)):
        value = config[key]
        if not (key == "size" and value is None) and (type(value) is not int or value < least):
            raise UserError(f"{key}={value} is not allowed. Give a whole number from {least}.")
    return config


def new_folder(config: DictConfig) -> Path:
    """Makes the folder of the evaluation.

    Raises:
        UserError: it cannot be made.
    """
    if config.out:
        folder = Path(str(config.out))
    elif config.run:
        folder = run_folder.free(Path(str(config.run)) / "evaluation")
    else:
        name = Path(str(config.images)).resolve().name
        return run_folder.create(Path(config.paths.outputs) / "evaluate", name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise run_folder.unwritable(folder, error, run_folder.NAMED_OUT) from error
    return folder


if __name__ == "__main__":
    answer(main, "evaluate")
