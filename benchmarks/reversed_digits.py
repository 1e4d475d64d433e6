"""Batches per second of the reversed digits, against a plain PyTorch loop.

Ours is the whole path: config, Lightning, batches drawn out of memory, losses to CSV, progress bar.
The plain loop has the study's settings and an unfused Adam, draws its batches out of floats in
memory, and leaves D's weights requiring gradients in G's step; batch 128 either way.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from benchmarks.alternate import Rounds, TakeTurns
from project import run
from project.cli.compose import load_config
from project.networks.reversed_digits import ReversedDigits

BATCH, IMAGES = 128, 5000


def plain_loop() -> Callable[[], None]:
    """Returns one batch of the plain loop."""
    networks = ReversedDigits(size=28, dropout=0.2)
    g, d = networks.generator, networks.discriminator
    g_adam, d_adam = (
        torch.optim.Adam(n.parameters(), lr=2e-4, eps=1e-7, foreach=False, fused=False)
        for n in (g, d)
    )
    bce = nn.BCEWithLogitsLoss()
    images = torch.rand(IMAGES, 1, 28, 28)
    ones, zeros = torch.ones(BATCH), torch.zeros(BATCH)

    def batch() -> None:
        x = images[torch.randint(0, IMAGES, (BATCH,))]
        fake = g(x).detach()
        d_loss = 0.5 * (bce(d(1 - x), ones) + bce(d(fake), zeros))
        d_adam.zero_grad()
        d_loss.backward()
        d_adam.step()
        g_loss = (math.log(2) - torch.log1p(torch.sigmoid(d(g(x))))).square().mean()
        g_adam.zero_grad()
        g_loss.backward()
        g_adam.step()
        float(d_loss.item() + g_loss.item())

    return batch


def measure(experiment: str, bf16: bool, turns: int, block: int) -> Rounds:
    """Alternates the two for ``turns`` turns of ``block`` batches."""
    with tempfile.TemporaryDirectory() as folder:
        batches = (turns + 1) * block
        words = [
            f"experiment={experiment}",
            "data=digits",
            f"batches={batches}",
            f"epoch_batches={batches}",
            "trainer=cpu",
            f"trainer.precision={'bf16-mixed' if bf16 else '32-true'}",
            "logger=csv",
            "~callbacks.score",
            f"paths.outputs={folder}",
            f"paths.cache={folder}/cache",
        ]
        config = load_config("config", words)
        parts = run.build(config, run.check(config), {})
        take_turns = TakeTurns(plain_loop(), block, warm_up=1)
        callbacks = [*parts.callbacks, take_turns]
        run.fit(config, run.Parts(parts.module, parts.datamodule, callbacks), Path(folder))
    return take_turns.rounds


def rows(turns: int = 8, block: int = 50) -> list[tuple[str, ...]]:
    """Measures all; the stable setting against the faithful plain loop, to see what it costs."""
    found = []
    for experiment, target in (("reversed_digits", "1.10"), ("reversed_digits_stable", "-")):
        for bf16 in (False, True):
            title = f"{experiment}, {'bf16 against fp32' if bf16 else 'fp32'}"
            rounds = measure(experiment, bf16, turns, block)
            found.append(rounds.row(title, "batches", "-" if bf16 else target))
    return found
