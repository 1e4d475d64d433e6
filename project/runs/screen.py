"""What a run says on the screen: at first what it will do, at its end what came out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from project.data.listing import told
from project.metrics.audit import collapsed
from project.runs.building import Parts
from project.runs.cautions import cautions
from project.runs.preflight import Inputs
from project.runs.trainer import CPU_INFO, precision_of, slow_precision

console = Console(stderr=True)
LONGEST = 32  # name of a score that is written in one line
ENDS = ("_low", "_high")  # of an interval: they stand beside what they are of
# Rows of Study A's references.
REAL = {"training": "real images", "held_out": "real, held out"}
TREATED = ("fid", "fid_held_out", "inception_score_10")  # what a DA kind does to real images
WHOSE = {"scores": "last", "scores_average": "moving average", "reference": "real images"}


def announce(config: DictConfig, inputs: Inputs, parts: Parts) -> None:
    """Prints what is about to be trained on what."""
    grid = Table.grid(padding=(0, 2))
    images = inputs.images
    _, channels, height, width = images.images.shape
    shape = f"{channels} x {height} x {width}"
    data = f"{len(images)} images {shape} of {inputs.source.describe()}"
    if images.skipped:
        data += f", {len(images.skipped)} corrupt left out"
    if copies := images.copies:
        data += f", {copies} of them copies of others"
    grid.add_row("data", Text(data))
    if inputs.classes is not None:
        counts = (f"{count} {name}" for name, count in inputs.classes.counts.items())
        grid.add_row("classes", Text(", ".join(counts)))
    if inputs.source.left_out:
        grid.add_row("left out", Text(told(inputs.source.left_out)))
    if inputs.da is not None:
        grid.add_row("DA", inputs.da.describe(len(images)))
    for name, network in parts.module.named_children():
        if any(parameter.requires_grad for parameter in network.parameters()):
            count = sum(parameter.numel() for parameter in network.parameters())
            grid.add_row(name, f"{count:,} parameters")
    budget = f" ({config.kimg:g} kimg)" if config.get("kimg") else ""
    epochs = f"{config.trainer.max_epochs} epoch{'s' if config.trainer.max_epochs > 1 else ''}"
    grid.add_row("training", f"{epochs}{budget}, seed {config.seed}")
    if config.trainer.precision == "auto":
        grid.add_row("precision", precision_of(config.trainer))
    said = [
        *cautions(inputs.source, len(images), parts.datamodule),
        slow_precision(config.trainer, CPU_INFO),
    ]
    for caution in filter(None, said):
        grid.add_row("caution", Text(caution, "yellow"))
    console.print(grid)


def conclude(result: Mapping[str, Any], folder: Path) -> None:
    """Prints the scores, unless a sweep's table will, and where everything is."""
    if result["resumed"] or not result["sweep"]["name"]:
        for table in score_tables(result):
            Console().print(table)
        for flag in result.get("flags", ()):
            print(flag)
    if file := result.get("best", {}).get("file"):
        print(f"best    {folder / file}: {result['best']['note']}")
    grids = list((folder / "grids").glob("epoch_*[0-9].png"))
    if grids:
        # By number: 9990 is before 10000.
        last = max(grids, key=lambda path: (len(path.name), path.name))
        print(f"images  {last}")
    print(f"run     {folder}")


def flags_of(result: Mapping[str, Any]) -> list[str]:
    """Returns what must stand beside the scores: where images hardly vary, some mean nothing."""
    found: dict[tuple[str, str], list[str]] = {}
    for kind in ("scores", "scores_average"):
        for network, scores in result.get(kind, {}).items():
            if flag := collapsed(scores):
                found.setdefault((network, flag), []).append(WHOSE[kind])
    return [f"{' and '.join(of)}, by {net}: {flag}" for (net, flag), of in found.items()]


def score_tables(result: Mapping[str, Any]) -> list[Table]:
    """Returns a table for each network that scored: whose images stand side by side.

    Args:
        result: of a run.
    """
    found = {whose: dict(result.get(kind, {})) for kind, whose in WHOSE.items()}
    for network, rows in result.get("references", {}).items():
        for row, whose in REAL.items():
            if row in rows:
                found.setdefault(whose, {})[network] = rows[row]
    tables = []
    for network in dict.fromkeys(name for scores in found.values() for name in scores):
        columns = {whose: scores[network] for whose, scores in found.items() if network in scores}
        names = dict.fromkeys(name for scores in columns.values() for name in scores)
        shown = [name for name in names if not name.endswith(ENDS)]
        # Names are typed again, and numbers are read: where it is narrow, headings are broken.
        first = Column("score", width=min(LONGEST, max(map(len, shown))), overflow="fold")
        table = Table(first, *columns, title=f"By {network}", title_justify="left")
        for name in shown:
            table.add_row(name, *(_cell(scores, name) for scores in columns.values()))
        tables.append(table)
    for network, rows in result.get("references", {}).items():
        if kinds := {kind: scores for kind, scores in rows.items() if kind not in REAL}:
            tables.append(_treated(network, kinds))
    return tables


def _treated(network: str, kinds: Mapping[str, Mapping[str, float]]) -> Table:
    """Returns what real images score once a DA kind has treated them."""
    names = [name for name in TREATED if any(name in scores for scores in kinds.values())]
    title = f"Real images after each DA kind, by {network}"
    table = Table("kind", *names, title=title, title_justify="left")
    for kind, scores in kinds.items():
        table.add_row(kind, *(_cell(scores, name) for name in names))
    return table


def _cell(scores: Mapping[str, float], name: str) -> str:
    if name not in scores:
        return "-"
    ends = [f"{scores[name + end]:.2f}" for end in ENDS if name + end in scores]
    return f"{scores[name]:.2f} [{', '.join(ends)}]" if ends else f"{scores[name]:.4f}"
