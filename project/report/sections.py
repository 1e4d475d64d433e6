"""What stands on the page, and in which order: a list of sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from project.metrics.score_names import BOTH, known
from project.report.answer import Answer, answer_of
from project.report.chosen_charts import ANSWER, CURVES, OTHER, TOGETHER
from project.report.comparisons import Study, summarise
from project.report.findings import early, not_counted, warn, warn_of_runs
from project.report.hypotheses import Decision
from project.report.matched import comparable
from project.report.measure import real_score
from project.report.pictures import grids_of
from project.report.race import Told
from project.report.runs import ScoreKey
from project.report.score_names import in_order, title
from project.report.tables import command
from project.report.verdict import tell, telling_keys

GROUPS = {
    "scores": "All other scores of G itself",
    "scores_average": "All scores of G's moving average",
    "reference": "All scores of real images",
}


@dataclass(frozen=True)
class Section:
    """A part of the page, under a heading of the second level.

    Args:
        name: what links lead to.
        heading: above it.
        body: HTML.
        folded: whether a click on the heading opens it.
    """

    name: str
    heading: str
    body: Markup
    folded: bool = True


@dataclass(frozen=True)
class Picture:
    """A chart in the page: one drawing, or several that the page places."""

    name: str
    place: str
    study: int | None
    text: str
    panels: Sequence[Markup]


def build_sections(
    environment: Environment,
    studies: Sequence[Study],
    pictures: Sequence[Picture],
    families: Mapping[str, Sequence[Decision]],
    races: Sequence[Told],
) -> list[Section]:
    """Returns all sections; the answer, with a list of the others, comes first.

    Before it stands that of a race: it leaves out the runs that chose the winner.
    """
    macros: Any = environment.get_template("sections.html").module
    entries = [_entry(study, number, pictures) for number, study in enumerate(studies)]
    rest = list(_rest(macros, entries, pictures, families))
    contents = macros.contents(rest)
    others = [entry for entry in entries if not entry["study"].raced]
    body = Markup().join(
        macros.answer(entry, contents if number == 0 and not races else "", len(entries) > 1)
        for number, entry in enumerate(others)
    )
    of = f" for {studies[0].title}" if len(studies) == 1 else ""
    heading = "Other runs" if races else f"The answer{of}"
    answers = [Section("answer", heading, body, folded=False)] if others else []
    if not races:
        return [*answers, *rest]
    own = [picture for picture in pictures if picture.name.startswith("race_")]
    doubts = [sentence for entry in entries if entry["study"].raced for sentence in entry["early"]]
    of_races = macros.race(races, doubts, own, contents)
    return [Section("race", f"The answer{of}", of_races, folded=False), *answers, *rest]


def _rest(
    macros: Any,
    entries: Sequence[Mapping[str, Any]],
    pictures: Sequence[Picture],
    families: Mapping[str, Sequence[Decision]],
) -> Iterator[Section]:
    warnings = sum(len(entry["warnings"]) for entry in entries)
    if warnings:
        heading = f"Before you believe it: {warnings} warning{'s' if warnings > 1 else ''}"
        yield Section("warnings", heading, macros.warnings(entries))
    if any(entry["charts"]["curves"] for entry in entries):
        yield Section("curves", "Over the training", macros.curves(entries), folded=False)
    if any(entry["grids"] for entry in entries):
        yield Section("images", "Generated images", macros.images(entries), folded=False)
    together = [picture for picture in pictures if picture.place == TOGETHER]
    if together:
        yield Section("together", "Data sets side by side", macros.charts(together))
    if any(entry["answer"] for entry in entries):
        heading = "Each condition against none"
        yield Section("compared", heading, macros.compared(entries), folded=False)
    yield Section("scores", "All scores", macros.scores(entries), folded=False)
    if any(entry["charts"]["other"] for entry in entries):
        yield Section("other", "As the study read it: the Inception Score", macros.other(entries))
    if families:
        yield Section("hypotheses", "The study's findings, tested", macros.hypotheses(families))
    runs = [(row, run) for entry in entries for row in entry["study"].rows for run in row.runs]
    lost = not_counted([run for _, run in runs])
    if lost:
        yield Section("lost", f"Runs to look at: {len(lost)}", macros.lost(lost))
    again = [{"run": run, "condition": row.condition, "command": command(run)} for row, run in runs]
    yield Section("reproduce", "How to make each run again", macros.reproduce(again))


def _entry(study: Study, number: int, pictures: Sequence[Picture]) -> dict[str, Any]:
    keys = telling_keys(study)
    told = [_told(study, key) for key in keys]
    own = [picture for picture in pictures if picture.study == number]
    level = comparable(study)
    return {
        "study": study,
        "where": level.where,
        "answer": (answer := None if study.raced else answer_of(study)),
        "early": list(early(study)),
        "compared": _compared(answer) if answer else [],
        "verdict": told[0] if told else None,
        "other": told[1] if len(told) > 1 else None,
        "warnings": (warn_of_runs if study.raced else warn)(study),
        "grids": grids_of(study),
        "tables": [
            _table(level.study, key) for key in dict.fromkeys([*keys[:1], *in_order(study.keys)])
        ],
        "charts": {
            "answer": [picture for picture in own if picture.place == ANSWER],
            "curves": [picture for picture in own if picture.place == CURVES],
            "other": [picture for picture in own if picture.place == OTHER],
        },
    }


def _compared(answer: Answer) -> list[dict[str, Any]]:
    """One row for each condition, with its effect in each comparison; None where it has none."""
    rows: list[dict[str, Any]] = []
    for row in answer.study.rows:
        label = row.condition.label
        effects = [
            next((e for e in comparison.effects if e.label == label), None)
            for comparison in answer.comparisons
        ]
        rows.append({"condition": row.condition, "effects": effects})
    return [row for row in rows if any(row["effects"])]


def _told(study: Study, key: ScoreKey) -> dict[str, Any]:
    better = known(key[2]).better
    return {
        "score": title(key),
        "better": better,
        "both": better == BOTH,
        "told": tell(study, key),
    }


def _table(study: Study, key: ScoreKey) -> dict[str, Any]:
    score, rows = known(key[2]), summarise(study, key)
    return {
        "title": title(key),
        "group": GROUPS.get(key[0], key[0]),
        "place": list(GROUPS).index(key[0]),
        "better": score.better,
        "about": score.about,
        "both": score.better == BOTH,
        "real": real_score(study.rows, key),
        "rows": rows,
        "absent": any(row.absent for row in rows),
    }
