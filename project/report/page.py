"""One page that opens from disk: everything in it, nothing from elsewhere, all texts escaped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from project.metrics.score_names import CAVEAT
from project.report.chosen_charts import Chart
from project.report.comparisons import Study
from project.report.effect_words import hundredths
from project.report.figure_files import png, svg
from project.report.findings import not_counted
from project.report.hypotheses import Decision
from project.report.race import Told
from project.report.score_names import rounded
from project.report.sections import Picture, build_sections

HERE = Path(__file__).parent
PROGRAM = "python -m project."
DASH = "\N{EN DASH}"
QUESTION = "Which augmentation helps my GAN, and how sure are you?"
OTHER_QUESTION = "How do these runs compare?"


def draw(chart: Chart) -> tuple[Picture, bytes]:
    """Draws a chart for the page, and as a file."""
    drawn = [draw_panel() for draw_panel in chart.panels or [chart.draw]]
    panels = [svg(figure, f"{chart.name}_{i}", chart.text) for i, figure in enumerate(drawn)]
    return Picture(chart.name, chart.place, chart.study, chart.text, panels), png(chart.draw())


def build_page(
    studies: Sequence[Study],
    pictures: Sequence[Picture],
    families: Mapping[str, Sequence[Decision]],
    places: Sequence[str],
    races: Sequence[Told],
) -> str:
    """Returns the page as HTML.

    Args:
        studies: with all their runs.
        pictures: the charts.
        families: decisions on the hypotheses, by the data that they were asked of.
        places: where the runs were looked for.
        races: whose runs are among them.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "signed": signed, "p": p_value, "sortable": sortable}
    environment.filters |= {"share": share, "commands": commands}
    environment.globals["caveat"] = CAVEAT
    runs = [run for study in studies for row in study.rows for run in row.runs]
    augmented = any(row.condition.kinds for study in studies for row in study.rows)
    return environment.get_template("page.html").render(
        question=QUESTION if augmented else OTHER_QUESTION,
        sections=build_sections(environment, studies, pictures, families, races),
        finished=sum(run.counts for run in runs),
        runs=len(runs),
        lost=len(not_counted(runs)),
        places=places,
        style=(HERE / "page.css").read_text(encoding="utf-8"),
        script=(HERE / "page.js").read_text(encoding="utf-8"),
    )


def number(value: object) -> str:
    """Writes a count, or a number with four digits, as people do; a dash where there is none."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return DASH
    return str(value) if isinstance(value, int) else rounded(value, 4)


def signed(value: object) -> str:
    """Writes a difference with its sign."""
    return number(value) if number(value).startswith(("-", DASH)) else f"+{number(value)}"


def p_value(value: object) -> str:
    """Writes a p-value."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return DASH
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def share(value: float) -> str:
    """Writes a probability as so many of 100; none is sure."""
    if not math.isfinite(value):
        return DASH
    return hundredths(value).replace("less than", "<").replace("more than", ">")


def sortable(value: object) -> str:
    """Writes a value for the sorting script; empty values go last."""
    if isinstance(value, int | float):
        return repr(float(value)) if math.isfinite(value) else ""
    return "" if value is None else str(value)


def commands(sentence: str) -> Markup:
    """Sets the command line that a sentence ends with apart, with a button that copies it."""
    told, begin, line = sentence.partition(PROGRAM)
    if not line:
        return escape(sentence)
    button = '{}<code>{}</code> <button type="button" class="copy">copy</button>'
    return Markup(button).format(told, f"{begin}{line.removesuffix('.')}")
