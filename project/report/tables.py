"""The report's tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from project.cli.shell import typed
from project.metrics.score_names import known
from project.report.answer import answer_of
from project.report.comparisons import Study, summarise
from project.report.hypotheses import Decision
from project.report.runs import Run

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def command(run: Run) -> str:
    """Returns the command line that makes a run again; empty where it is not told."""
    if not run.overrides:
        return ""
    return f"python -m project.run {typed(run.overrides)}"


def to_csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Writes rows as CSV; a text that a spreadsheet would take for a formula is quoted by '."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: _cell(value) for column, value in row.items()})
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None or value != value else value


def condition_rows(studies: Sequence[Study]) -> Iterator[dict[str, object]]:
    """Yields one row for each study, condition and score."""
    for study in studies:
        for key in study.keys:
            kind, backbone, name = key
            for summary in summarise(study, key):
                condition, found = summary.row.condition, summary.estimate
                against = summary.versus_none
                difference = against.estimate if against else None
                yield {
                    "data": study.data,
                    "settings": condition.settings,
                    "condition": condition.label,
                    "originals": condition.originals,
                    "da_images": condition.da_size,
                    "of": kind,
                    "backbone": backbone,
                    "score": name,
                    "better": known(name).better,
                    "seeds": found.count if found else 0,
                    "mean": found.mean if found else None,
                    "sd": found.sd if found else None,
                    "low_95": found.low if found else None,
                    "high_95": found.high if found else None,
                    "difference": difference.mean if difference else None,
                    "difference_low_95": difference.low if difference else None,
                    "difference_high_95": difference.high if difference else None,
                    "p": difference.p if difference else None,
                    "p_holm": summary.p_corrected,
                    "smallest_visible_difference": against.detectable if against else None,
                    "absent": "; ".join(f"{s}: {why}" for s, why in summary.absent.items()),
                }


def answer_rows(studies: Sequence[Study]) -> Iterator[dict[str, object]]:
    """Yields one row for each study, comparison and condition, by the deciding measure."""
    for study in studies:
        answer = answer_of(study)
        for comparison in answer.comparisons if answer else ():
            of, backbone, score = comparison.measure.key
            for effect in comparison.effects:
                yield {
                    "data": study.data,
                    "compared": comparison.matched.where,
                    "decides": comparison is answer.deciding if answer else False,
                    "condition": effect.label,
                    "da_images": effect.row.condition.da_size,
                    "of": of,
                    "backbone": backbone,
                    "score": score,
                    "seeds": effect.seeds,
                    "mean": effect.mean,
                    "mean_none": effect.none,
                    "difference": effect.difference,
                    "low_95_together": effect.low,
                    "high_95_together": effect.high,
                    "p_together": effect.p,
                    "per_cent": comparison.per_cent(effect),
                    "sd_of_noise": comparison.spread,
                    "probability_better_than_none": effect.better,
                    "probability_best": effect.best,
                    "seeds_to_decide": comparison.seeds_to_decide(effect),
                    "real_images": comparison.measure.real,
                }


def run_rows(studies: Sequence[Study]) -> Iterator[dict[str, object]]:
    """Yields one row for each run, in any state."""
    for study in studies:
        for row in study.rows:
            for run in row.runs:
                scores = {"/".join(key): value for key, value in run.scores.items()}
                yield {
                    "run": run.name,
                    "data": study.data,
                    "settings": row.condition.settings,
                    "condition": row.condition.label,
                    "seed": run.seed,
                    "state": run.state,
                    "reason": run.reason,
                    "config_hash": str(run.result.get("config_hash", "")),
                    "wall_seconds": run.result.get("wall_seconds"),
                    "images_per_second": run.result.get("images_per_second"),
                    "command": command(run),
                    **scores,
                }


def hypothesis_rows(families: Mapping[str, Sequence[Decision]]) -> Iterator[dict[str, object]]:
    """Yields one row for each comparison of each hypothesis."""
    for family, decisions in families.items():
        for decision in decisions:
            for finding in decision.findings:
                found, least, seeds = finding.made or (None, None, 0)
                yield {
                    "data": family,
                    "hypothesis": decision.claim.name,
                    "claim": decision.claim.text,
                    "verdict": decision.verdict,
                    "p_holm": decision.p_corrected,
                    "comparison": finding.part.text,
                    "claimed": "above 0" if finding.part.sign > 0 else "below 0",
                    "seeds": seeds,
                    "difference": found.mean if found else None,
                    "level": finding.level,
                    "low": found.low if found else None,
                    "high": found.high if found else None,
                    "smallest_visible_difference": least,
                    "side": finding.side,
                }
