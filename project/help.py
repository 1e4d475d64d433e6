"""`--help`: the studies, the groups, five examples."""

from __future__ import annotations

from project.command_line import options, top_level_words

TEXT = """\
Which augmentation helps my GAN on few pictures, and how sure are you?

  python -m project.run experiment=<study> [group=option] [key=value] ...
  python -m project.run -m ...         a sweep: each combination of a,b,... is a run in multirun/

Studies
{studies}

Groups
{groups}

Keys that are turned most
  seed=0  size=64 (pixels)  n=1000 (images drawn; null: all)  epochs=300  ratio=1:1  da.size=2000
  network.base_channels=32  trainer.precision=bf16-mixed  paths.data=<folder>
  resume=<run folder>    continue a stopped run, exactly
  trainer=smoke          two batches, to see that a command works
  --cfg job              print the whole config, every key commented in conf/

Examples
  python -m project.run experiment=da_faces da=flip_gen ratio=1:1
  python -m project.run experiment=da_celeba da=flip_gen ratio=1:1 paths.data=~/data
  python -m project.run experiment=da_faces data=folder data.root=my_pictures n=null da=flip
  python -m project.run -m experiment=da_faces 'da=glob(*)' 'seed=range(3)'
  python -m project.generate run=outputs/da_faces/<run> n=64
"""


def print_help() -> None:
    """Prints the help, made from what stands in ``conf/``."""
    studies = "\n".join(f"  {name:26} {text}" for name, text in options("experiment"))
    groups = "\n".join(
        f"  {group:10} {' '.join(name for name, _ in options(group))}"
        for group in top_level_words()
        if group not in ("experiment", "study")
    )
    print(TEXT.format(studies=studies, groups=groups))
