"""What each DA kind, loss, penalty and network costs: steps per second, against the plain loop.

Each is trained on the real path (on a card captured) in turn with the same plain loop, which says
how quick the machine was meanwhile; the last column is the time of a step against the study's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from benchmarks.alternate import Rounds, TakeTurns
from benchmarks.gan_step import plain_loop, train
from project.modules.captured import WARM_UP

BLOCK = 16  # batches: one of them has a lazy penalty
PLAIN = 4  # batches of the plain loop, which is here but a clock
STUDY: tuple[str, ...] = ()
PARTS = {
    "the study's": STUDY,
    **{
        f"{kind}, differentiable": (f"da={kind}", "da.mode=differentiable")
        for kind in ("flip", "colour", "translation", "cutout", "scale", "rotation")
    },
    "diffaugment": ("da=diffaugment",),
    "ada": ("da=ada",),
    **{f"loss {name}": (f"loss={name}",) for name in ("hinge", "least_squares", "relativistic")},
    **{f"penalty {name}": (f"penalty={name}",) for name in ("r1", "r2", "lecam")},
    **{
        f"network {name}": (f"network={name}", "network.base_channels=8")
        for name in ("resnet", "fastgan")
    },
    "classes": ("conditional=[Bald]",),
    "modern": ("gan=modern", "network.base_channels=8", "datamodule.batch_size=64"),
}
TARGETS = {"diffaugment": "15 % more"}


def measure(words: Sequence[str], size: int, turns: int) -> Rounds:
    """Alternates a training and the plain loop."""
    on_a_card = torch.cuda.is_available()
    device = "cuda" if on_a_card else "cpu"
    settle = torch.cuda.synchronize if on_a_card else lambda: None
    # On a card a lazy penalty's step is captured after it has been taken WARM_UP times.
    warm_up = WARM_UP + 2 if on_a_card else 1
    plain = plain_loop(size, 32, False, device)
    turn = TakeTurns(plain, BLOCK, warm_up, settle, of_theirs=PLAIN)
    own = [f"size={size}", "network.base_channels=32", "trainer.precision=32-true", *words]
    return train(own, turn, turns)


def rows(size: int = 64, turns: int = 3) -> Iterator[tuple[str, ...]]:
    """Measures all, the study's first."""
    study = None
    for name, words in PARTS.items():
        rounds = measure(words, size, turns)
        study = study or rounds.ratio
        what, ours, theirs, ratio, _ = rounds.row(f"GAN step, {size} px: {name}", "batches", "")
        cost = f"{100 * (study / rounds.ratio - 1):+.0f} % time"
        if name in TARGETS:
            cost += f" ({TARGETS[name]})"
        yield what, ours, theirs, ratio, cost
