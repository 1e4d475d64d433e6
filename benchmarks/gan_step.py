"""Batches per second of the DCGAN: `project.run`'s real path against a plain PyTorch loop.

Ours is the whole path: config, Lightning, loader, losses to CSV, progress bar. The plain loop has
the settings of PyTorch's DCGAN example (unfused Adam, contiguous memory, D never toggled off,
losses read every batch) but draws a new z for G's step, as the study does; its images lie ready in
memory as floats, so that only the step is compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import nn

from benchmarks.alternate import Rounds, TakeTurns
from project.cli.compose import load_config
from project.networks.dcgan import DCGAN
from project.runs.building import Parts, build
from project.runs.preflight import check
from project.runs.training import fit

BATCH = 64
EPOCH = 10  # batches


def plain_loop(size: int, base_channels: int, bf16: bool, device: str) -> Callable[[], None]:
    """Returns one batch of the plain loop."""
    network = DCGAN(size=size, channels=3, latent=100, base_channels=base_channels)
    network.to(device, memory_format=torch.contiguous_format)
    generator, discriminator = network.generator, network.discriminator
    adam = {"lr": 2e-4, "betas": (0.5, 0.999), "foreach": False, "fused": False}
    d_adam = torch.optim.Adam(discriminator.parameters(), **adam)
    g_adam = torch.optim.Adam(generator.parameters(), **adam)
    bce = nn.BCEWithLogitsLoss()
    images = torch.rand(EPOCH * BATCH, 3, size, size, device=device) * 2 - 1
    ones, zeros = torch.ones(BATCH, device=device), torch.zeros(BATCH, device=device)
    position = 0

    def batch() -> None:
        nonlocal position
        real = images[position : position + BATCH]
        position = (position + BATCH) % len(images)
        discriminator.zero_grad()
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            d_real = bce(discriminator(real), ones)
        d_real.backward()
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            fake = generator(torch.randn(BATCH, 100, device=device))
            d_fake = bce(discriminator(fake.detach()), zeros)
        d_fake.backward()
        d_adam.step()
        generator.zero_grad()
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            fake = generator(torch.randn(BATCH, 100, device=device))
            g_loss = bce(discriminator(fake), ones)
        g_loss.backward()
        g_adam.step()
        float(d_real.item() + d_fake.item() + g_loss.item())

    return batch


def train(words: Sequence[str], take_turns: TakeTurns, turns: int) -> Rounds:
    """Trains on the real path, which takes turns with a plain loop."""
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(
            "config",
            [
                "experiment=da_faces",
                "score_every=0",
                f"n={EPOCH * BATCH}",
                f"epochs={-(-(turns + take_turns.warm_up) * take_turns.block // EPOCH)}",
                "logger=csv",
                "scored_images=10",
                "callbacks.grid.every_n_epochs=0",
                "callbacks.checkpoint.every_n_seconds=100000",
                f"paths.outputs={folder}",
                *words,
            ],
        )
        parts = build(config, check(config), {}, {})
        watched = Parts(parts.module, parts.datamodule, [*parts.callbacks, take_turns])
        fit(config, watched, Path(folder))
    return take_turns.rounds


def measure(base_channels: int, bf16: bool, turns: int, block: int) -> Rounds:
    """Alternates the two for ``turns`` turns of ``block`` batches."""
    words = [
        "size=64",
        f"network.base_channels={base_channels}",
        "trainer=cpu",
        f"trainer.precision={'bf16-mixed' if bf16 else '32-true'}",
    ]
    plain = plain_loop(64, base_channels, bf16, "cpu")
    return train(words, TakeTurns(plain, block, warm_up=1), turns)


def rows(turns: int = 8, block: int = 10) -> list[tuple[str, ...]]:
    """Measures all."""
    found = []
    for bf16 in (False, True):
        for base_channels in (32, 64):
            name = f"GAN step, 64 px, base {base_channels}, {'bf16' if bf16 else 'fp32'}"
            rounds = measure(base_channels, bf16, turns, block)
            found.append(rounds.row(name, "batches", "-" if bf16 else "1.15"))
    return found
