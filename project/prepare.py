"""Caches images ahead of training: `python -m project.prepare experiment=da_celeba`."""

from __future__ import annotations

import sys

from hydra.utils import instantiate

from project.cli.checks import DRAWN, check_kinds, check_settings, check_words
from project.cli.compose import load_config, plain
from project.cli.quoting import quote_paths
from project.cli.sentences import answer
from project.data.listing import told
from project.data.source import ImageSource

HELP = """\
Finds a data set, decodes it once, and leaves it in the cache that runs read.

  python -m project.prepare experiment=da_celeba size=64     what a run of these words reads: the
                                                             images drawn, and those held out
  python -m project.prepare data=celeba n=1000 size=128      so many of a data set; n=null: all
  python -m project.prepare data=celeba data.download=true
"""


def main() -> None:
    """The command line."""
    if {"--help", "-h"} & set(sys.argv):
        print(HELP)
        return
    words = quote_paths(sys.argv[1:])
    of_a_run = any(word.startswith("experiment=") for word in words)
    config = load_config("config" if of_a_run else "prepare", words)
    if of_a_run:
        check_words(config, words)
    else:
        check_kinds("prepare", config, words)
    check_settings(plain(config), nullable=DRAWN)
    source: ImageSource = instantiate(config.data)
    images = source.load()
    print(f"{len(images)} images of {source.describe()}, {images.images.nbytes / 1e6:.0f} MB")
    compared = len(source.held_out(config.scored_images)) if "scored_images" in config else 0
    print(f"held out: {len(source.left_over)}" + (f", {compared} of them cached" * bool(compared)))
    if source.left_out:
        print(f"left out: {told(source.left_out)}")
    for name in images.skipped:
        print(f"skipped: {name}")


if __name__ == "__main__":
    answer(main, "prepare")
