"""Batches per second of the DCGAN: `project.run`'s real path against a plain PyTorch loop.

Ours is the whole path: config, Lightning, loader, losses to CSV, progress bar. The plain loop has
the settings of PyTorch's DCGAN example (unfused Adam, contiguous memory, D never toggled off,
losses read every batch) but draws a new z for G's step, as the study does; its images lie ready in
memory as floats, so that only the step is compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from benchmarks.alternate import Rounds, TakeTurns
from project import run
from project.cli.compose import load_config
from project.networks.dcgan import DCGAN

BATCH = 64


def plain_loop(base_channels: int, bf16: bool) -> Callable[[], None]:
    """Returns one batch of the plain loop."""
    network = DCGAN(size=64, channels=3, latent=100, base_channels=base_channels)
    network.to(memory_format=torch.contiguous_format)
    generator, discriminator = network.generator, network.discriminator
    d_adam = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
    g_adam = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
    bce = nn.BCEWithLogitsLoss()
    images = torch.rand(10 * BATCH, 3, 64, 64) * 2 - 1
    ones, zeros = torch.ones(BATCH), torch.zeros(BATCH)
    position = 0

    def batch() -> None:
        nonlocal position
        real = images[position : position + BATCH]
        position = (position + BATCH) % len(images)
        discriminator.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            d_real = bce(discriminator(real), ones)
        d_real.backward()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            fake = generator(torch.randn(BATCH, 100))
            d_fake = bce(discriminator(fake.detach()), zeros)
        d_fake.backward()
        d_adam.step()
        generator.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            g_loss = bce(discriminator(generator(torch.randn(BATCH, 100))), ones)
        g_loss.backward()
        g_adam.step()
        float(d_real.item() + d_fake.item() + g_loss.item())

    return batch


def measure(base_channels: int, bf16: bool, turns: int, block: int) -> Rounds:
    """Alternates the two for ``turns`` turns of ``block`` batches."""
    with tempfile.TemporaryDirectory() as folder:
        words = [
            "experiment=da_faces",
            "score_every=0",
            "size=64",
            f"n={10 * BATCH}",
            f"network.base_channels={base_channels}",
            f"epochs={-(-(turns + 1) * block // 10)}",
            "trainer=cpu",
            f"trainer.precision={'bf16-mixed' if bf16 else '32-true'}",
            "logger=csv",
            "scored_images=10",
            "callbacks.grid.every_n_epochs=0",
            "callbacks.checkpoint.every_n_epochs=0",
            f"paths.outputs={folder}",
        ]
        config = load_config("config", words)
        inputs = run.check(config)
        parts = run.build(config, inputs, {})
        take_turns = TakeTurns(plain_loop(base_channels, bf16), block, warm_up=1)
        run.fit(
            config,
            run.Parts(parts.module, parts.datamodule, [*parts.callbacks, take_turns]),
            Path(folder),
        )
    return take_turns.rounds


def rows(turns: int = 8, block: int = 10) -> list[tuple[str, ...]]:
    """Measures all."""
    found = []
    for bf16 in (False, True):
        for base_channels in (32, 64):
            name = f"GAN step, 64 px, base {base_channels}, {'bf16' if bf16 else 'fp32'}"
            rounds = measure(base_channels, bf16, turns, block)
            found.append(rounds.row(name, "batches", "-" if bf16 else "1.15"))
    return found
