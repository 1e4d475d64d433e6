"""One page that opens from disk: everything in it, nothing from elsewhere, all texts escaped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from project.report.comparisons import Study, summarise
from project.report.findings import not_counted, warn
from project.report.hypotheses import Decision
from project.report.pictures import Grid, data_uri, grids_of
from project.report.score_names import BOTH, CAVEAT, in_order, known, title
from project.report.tables import command
from project.report.verdict import tell, telling_keys

HERE = Path(__file__).parent
DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Picture:
    """A chart in both themes."""

    name: str
    text: str
    light: str
    dark: str


def draw(chart: Any) -> tuple[Picture, bytes]:
    """Draws a chart for the page, and as a file."""
    light = chart.draw("light")
    return Picture(chart.name, chart.text, data_uri(light), data_uri(chart.draw("dark"))), light


def build_page(
    studies: Sequence[Study],
    pictures: Sequence[Picture],
    families: Mapping[str, Sequence[Decision]],
    places: Sequence[str],
) -> str:
    """Returns the page as HTML.

    Args:
        studies: with all their runs.
        pictures: the charts.
        families: decisions on the hypotheses, by the data that they were asked of.
        places: where the runs were looked for.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "signed": signed, "p": p_value, "sortable": sortable}
    runs = [run for study in studies for row in study.rows for run in row.runs]
    return environment.get_template("page.html").render(
        studies=[_study(study) for study in studies],
        pictures=pictures,
        families=families,
        runs=[
            {"run": run, "condition": row.condition, "command": command(run)}
            for study in studies
            for row in study.rows
            for run in row.runs
        ],
        lost=not_counted(runs),
        finished=sum(run.counts for run in runs),
        places=places,
        caveat=CAVEAT,
        style=(HERE / "page.css").read_text(encoding="utf-8"),
        script=(HERE / "page.js").read_text(encoding="utf-8"),
    )


def _study(study: Study) -> dict[str, Any]:
    grids: list[Grid] = grids_of(study)
    tables = [
        {
            "title": title(key),
            "better": known(key[2]).better,
            "about": known(key[2]).about,
            "both": known(key[2]).better == BOTH,
            "rows": summarise(study, key),
            "main": key[0] == "scores",
        }
        for key in in_order(study.keys)
    ]
    return {
        "study": study,
        "title": study.title,
        "verdicts": [
            {"score": title(key), "both": known(key[2]).better == BOTH, "told": tell(study, key)}
            for key in telling_keys(study)
        ],
        "warnings": warn(study),
        "grids": grids,
        "tables": tables,
        "seeds": study.seeds,
    }


def number(value: Any) -> str:
    """Writes a number with four digits, as people read it; a dash where there is none."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return DASH
    return f"{value:.4g}"


def signed(value: Any) -> str:
    """Writes a difference with its sign."""
    return number(value) if number(value).startswith(("-", DASH)) else f"+{number(value)}"


def p_value(value: Any) -> str:
    """Writes a p-value."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return DASH
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def sortable(value: Any) -> str:
    """Writes a value for the sorting script; empty values go last."""
    if isinstance(value, int | float):
        return repr(float(value)) if math.isfinite(value) else ""
    return "" if value is None else str(value)
