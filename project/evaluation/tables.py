"""Scores as tables on the screen: what is scored beside what it is read against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from project.metrics.score_names import CAVEAT

Rows = Mapping[str, Mapping[str, float]]

DISTANCES = ("fid", "kid")
NEIGHBOURS = ("precision", "recall", "density", "coverage")


def print_scores(
    rows: Rows, counts: Mapping[str, int], backbone: str, leak_accuracies: Mapping[str, float]
) -> None:
    """Prints the measures, both readings of the Inception Score, and the audit.

    Args:
        rows: scores by name, for each set of images.
        counts: how many images each set has.
        backbone: what made them.
        leak_accuracies: balanced accuracies of the leak classifiers, by DA kind.
    """
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    for table in (measures(rows, counts, backbone), neighbours(rows), readings(rows)):
        console.print(table)
    console.print(CAVEAT, style="italic")
    for table in (audit(rows), leaks(rows, leak_accuracies)):
        if table.columns[1:]:
            console.print(table)


def measures(rows: Rows, counts: Mapping[str, int], backbone: str) -> Table:
    """Returns the Inception Score and the distances, one row for each set of images."""
    table = Table("images", "N", "IS", "IS, 10 splits", *DISTANCES, title=f"Scores by {backbone}")
    for name, scores in rows.items():
        cells = [f"{scores.get('inception_score', float('nan')):.3f}", _spread(scores)]
        for key in DISTANCES:
            error = f" ± {scores['kid_error']:.4f}" if key == "kid" else ""
            cells.append(f"{scores[key]:.{4 if key == 'kid' else 3}f}{error}")
        table.add_row(_title(name), str(counts[name]), *cells)
    return table


def _spread(scores: Mapping[str, float]) -> str:
    if "inception_score_10" not in scores:
        return "-"
    return f"{scores['inception_score_10']:.3f} ± {scores['inception_score_10_std']:.3f}"


def readings(rows: Rows) -> Table:
    """Returns the place of each set of images under both readings of the Inception Score."""
    usual = sorted(rows, key=lambda name: -rows[name].get("inception_score", 0))
    table = Table("images", "IS", "more is better (usual)", "less is better (the study)")
    for name in usual:
        place = usual.index(name) + 1
        score = rows[name].get("inception_score", float("nan"))
        mirrored = len(usual) + 1 - place
        table.add_row(
            _title(name), f"{score:.3f}", f"{place} of {len(usual)}", f"{mirrored} of {len(usual)}"
        )
    return table


def neighbours(rows: Rows) -> Table:
    """Returns the measures that count neighbours."""
    return _listed(rows, NEIGHBOURS, "Among real images")


def audit(rows: Rows) -> Table:
    """Returns memorisation and classes."""
    told = ("nearest_", "near_copy_share", "wanted_", "class_")
    return _listed(rows, _named(rows, told), "Audit")


def leaks(rows: Rows, accuracies: Mapping[str, float]) -> Table:
    """Returns the shares of images that look augmented, and how right the leak classifiers are."""
    names = _named(rows, ("leak_",))
    table = _listed(rows, names, "Audit: share of images that look augmented")
    if accuracies:
        found = {f"leak_{kind}": f"{a:.3f}" for kind, a in accuracies.items()}
        table.add_section()
        table.add_row("leak classifier's accuracy", *(found.get(k, "") for k in names))
    return table


def _named(rows: Rows, beginnings: tuple[str, ...]) -> list[str]:
    keys = [key for scores in rows.values() for key in scores if key.startswith(beginnings)]
    return list(dict.fromkeys(keys))


def _listed(rows: Rows, names: Sequence[str], title: str) -> Table:
    table = Table("images", *(name.replace("_", " ") for name in names), title=title)
    for name, scores in rows.items():
        table.add_row(_title(name), *(f"{scores[k]:.3f}" if k in scores else "-" for k in names))
    return table


def _title(name: str) -> str:
    titles = {"training": "real, reference", "held_out": "real, held out"}
    return titles.get(name, name.replace("_", " "))
