"""`--help`: the studies, the groups, five examples."""

from __future__ import annotations

from collections.abc import Sequence

from project.cli import config_dir
from project.cli.compose import options

TEXT = """\
Which augmentation helps my GAN on few pictures, and how sure are you?

  python -m project.run experiment=<study> [group=option] [key=value] ...
  python -m project.run ... sweep=<conditions> seeds=3     a sweep in multirun/<its name>;
  python -m project.run -m ...         a sweep of your own: each combination of a,b,... is a run;
                                       the same command again goes on with what is missing

Studies
{studies}

Groups (--help da tells what each option is)
{groups}

Keys that are turned most
  seed=0  size=64 (pixels)  n=1000 (images drawn; null: all)  epochs=300 or kimg=205  ratio=1:1
  da.size=2000  network.base_channels=32  trainer.precision=bf16-mixed  paths.data=<folder>
  feature=Bald  features=[-No_Beard,+Bald]  exclude_both=true  D_1=<run folder>  (study B)
  resume=<run folder>    continue a stopped run, exactly
  parallel=2             jobs of a sweep at a time
  best=fid               also keep the weights of the best scoring: a lucky draw, never the result
  trainer=smoke          two batches, to see that a command works
  --cfg job              print the whole config, every key commented in conf/
  --config-dir=<folder>  options of your own, such as <folder>/da/blur.yaml

Examples
  python -m project.run experiment=da_faces da=flip_gen ratio=1:1
  python -m project.run experiment=da_celeba da=flip_gen ratio=1:1 paths.data=~/data
  python -m project.run experiment=da_pictures data.root=my_pictures da=flip
  python -m project.run experiment=da_faces sweep=da_all seeds=3
  python -m project.report runs=multirun/<sweep>
  python -m project.generate run=outputs/da_faces/<run> n=64
  python -m project.evaluate run=outputs/da_faces/<run>
  python -m project.recommend data=folder data.root=my_pictures hours=2
"""


def print_help(words: Sequence[str]) -> None:
    """Prints the help, made from what stands in ``conf/``.

    Args:
        words: the command line; a group among them is told of alone, an option a line.
    """
    named = [word for word in words if word in config_dir.groups()]
    for group in named:
        lines = (f"  {f'{group}={name}':32} {text}" for name, text in options(group))
        print(group, *lines, sep="\n")
    if named:
        return
    studies = "\n".join(f"  {name:32} {text}" for name, text in options("experiment"))
    groups = "\n".join(
        f"  {group:12} {' '.join(name for name, _ in options(group))}"
        for group in config_dir.groups()
        if group not in ("experiment", "study")
    )
    print(TEXT.format(studies=studies, groups=groups))
