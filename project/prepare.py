"""Caches a data set ahead of training: `python -m project.prepare data=celeba`."""

from __future__ import annotations

import sys

from hydra.utils import instantiate

from project.cli.checks import DRAWN, check_kinds, check_settings
from project.cli.compose import load_config, plain
from project.cli.quoting import quote_paths
from project.cli.sentences import answer
from project.data.listing import told
from project.data.source import ImageSource

HELP = """\
Finds a data set, decodes it once, and leaves it in the cache that every run reads.

  python -m project.prepare data=celeba [size=128] [n=1000] [paths.data=<folder>]
  python -m project.prepare data=celeba data.download=true
"""


def main() -> None:
    """The command line."""
    if {"--help", "-h"} & set(sys.argv):
        print(HELP)
        return
    words = quote_paths(sys.argv[1:])
    config = load_config("prepare", words)
    check_kinds("prepare", config, words)
    check_settings(plain(config), nullable=DRAWN)
    source: ImageSource = instantiate(config.data)
    images = source.load()
    print(f"{len(images)} images of {source.describe()}, {images.images.nbytes / 1e6:.0f} MB")
    print(f"held out: {len(source.left_over)}")
    if source.left_out:
        print(f"left out: {told(source.left_out)}")
    for name in images.skipped:
        print(f"skipped: {name}")


if __name__ == "__main__":
    answer(main, "prepare")
