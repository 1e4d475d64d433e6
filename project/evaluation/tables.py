"""Scores as tables on the screen: what is scored beside what it is read against."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

Rows = Mapping[str, Mapping[str, float]]

CAVEAT = (
    "The study's reading: one class is wanted, so a concentrated p(y) is welcome. Its own caveat: "
    "the Inception Score falls, too, when the images are poor but are all recognised with similar "
    "probabilities."
)
DISTANCES = ("fid", "kid", "precision", "recall", "density", "coverage")


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
    for table in (measures(rows, counts, backbone), readings(rows)):
        console.print(table)
    console.print(CAVEAT, style="italic")
    console.print(audit(rows, leak_accuracies))


def measures(rows: Rows, counts: Mapping[str, int], backbone: str) -> Table:
    """Returns all measures, one row for each set of images."""
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


def audit(rows: Rows, leak_accuracies: Mapping[str, float]) -> Table:
    """Returns memorisation, leakage and classes, and how right the leak classifiers are."""
    keys = [key for scores in rows.values() for key in scores if _audited(key)]
    names = list(dict.fromkeys(keys))
    table = Table("images", *(name.replace("_", " ") for name in names), title="Audit")
    for name, scores in rows.items():
        table.add_row(_title(name), *(f"{scores[k]:.3f}" if k in scores else "-" for k in names))
    if leak_accuracies:
        found = {f"leak_{kind}": f"{a:.3f}" for kind, a in leak_accuracies.items()}
        table.add_section()
        table.add_row("leak classifier's accuracy", *(found.get(k, "") for k in names))
    return table


def _audited(key: str) -> bool:
    told = ("nearest_", "near_copy_share", "leak_", "wanted_", "class_")
    return key.startswith(told)


def _title(name: str) -> str:
    titles = {"training": "real, reference", "held_out": "real, held out"}
    return titles.get(name, name.replace("_", " "))
