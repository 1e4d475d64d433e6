"""The networks, layer by layer, as tables with their numbers of parameters."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from lightning import Callback, Trainer
from rich.console import Console
from rich.table import Table
from torch import nn
from torch.nn.utils.parametrize import is_parametrized, type_before_parametrizations

from project.replacing import write_text


class LayerTables(Callback):
    """Prints G, D, and both with D frozen, and keeps the tables in ``networks.txt`` (Study C)."""

    def on_fit_start(self, trainer: Trainer, module: Any) -> None:
        """Prints the three tables."""
        if not trainer.is_global_zero:
            return
        tables = [
            layer_table("generator", module.generator),
            layer_table("discriminator", module.discriminator),
            combined_table(module.generator, module.discriminator),
        ]
        Console(stderr=True).print(*tables, sep="\n")
        text = io.StringIO()
        Console(file=text, width=72).print(*tables, sep="\n")
        write_text(Path(trainer.default_root_dir) / "networks.txt", text.getvalue())


def layer_table(title: str, network: nn.Module) -> Table:
    """Returns a row for every layer with parameters, and what follows it."""
    rows: list[list[str]] = []
    for name, layer in network.named_modules():
        # A layer held to a spectral norm has parts of its own, which are no layers.
        held = is_parametrized(layer)
        if (next(layer.children(), None) is not None and not held) or ".parametrizations" in name:
            continue
        count = sum(parameter.numel() for parameter in layer.parameters())
        if count:
            units = getattr(layer, "out_features", getattr(layer, "out_channels", ""))
            kind = type_before_parametrizations(layer).__name__
            rows.append([f"{name} {kind}", str(units), f"{count:,}", ""])
        elif rows:
            rows[-1][3] += (", " if rows[-1][3] else "") + type(layer).__name__
    table = Table("layer", "units", "parameters", "after it", title=title, show_footer=True)
    table.columns[1].justify = table.columns[2].justify = "right"
    table.columns[0].footer = "all"
    table.columns[2].footer = f"{parameters(network):,}"
    for row in rows:
        table.add_row(*row)
    return table


def combined_table(generator: nn.Module, discriminator: nn.Module) -> Table:
    """Returns the two networks as G's step sees them: D passes gradients on and stays as it is."""
    trained, frozen = parameters(generator), parameters(discriminator)
    table = Table("network", "parameters", "trained", title="combined", show_footer=True)
    table.columns[1].justify = table.columns[2].justify = "right"
    table.columns[0].footer = "both"
    table.columns[1].footer, table.columns[2].footer = f"{trained + frozen:,}", f"{trained:,}"
    table.add_row("generator", f"{trained:,}", f"{trained:,}")
    table.add_row("discriminator", f"{frozen:,}", "0")
    return table


def parameters(network: nn.Module) -> int:
    """Counts a network's parameters."""
    return sum(parameter.numel() for parameter in network.parameters())
