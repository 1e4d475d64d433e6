"""Which augmentation helps my GAN, and how sure are you? In plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from project.metrics.score_names import BOTH, LOWER, NEITHER, known
from project.report.answer import answer_of
from project.report.answer_words import beside, verdict
from project.report.comparisons import Study, Summary, summarise
from project.report.findings import early
from project.report.matched import both_ways
from project.report.measure import deciding
from project.report.runs import ScoreKey
from project.report.score_names import rounded, span, title
from project.report.statistics import ALPHA

OWN = "inception_score"  # the study's


def telling_keys(study: Study) -> list[ScoreKey]:
    """Returns the scores that the verdict is about: the deciding one, and the study's own."""
    measure = deciding(study)
    own = [key for key in study.keys if key[0] == "scores"]
    scores = [key for key in own if key[2] == OWN][:1]
    if measure:
        return [measure.key, *scores]
    return scores or [key for key in own if known(key[2]).better != NEITHER][:1]


def in_short(study: Study) -> list[str]:
    """Answers for one study, in two or three sentences where there is a score that decides."""
    answer = answer_of(study)
    if answer:
        return [*early(study), *verdict(answer)]
    return [sentence for key in telling_keys(study)[:1] for sentence in tell(study, key)[:2]]


def tell(study: Study, key: ScoreKey) -> list[str]:
    """Answers for one study by one score.

    Returns:
        Sentences, the answer first.
    """
    answer = answer_of(study)
    if answer and answer.measure.key == key:
        return [*verdict(answer), *beside(answer)]
    study = both_ways(study)[0].study
    summaries = summarise(study, key)
    if study.baseline is None or not study.baseline.values(key):
        return ["No run without augmentation has this score, so there is no answer yet."]
    compared = [s for s in summaries if s.versus_none]
    if not compared:
        return [
            "No run with augmentation shares a seed with one without it, so there is no answer yet."
        ]
    seeds = max(s.versus_none.estimate.count for s in compared if s.versus_none)
    tested = [s for s in compared if not math.isnan(s.p_corrected)]
    if not tested:
        return [
            "Nothing can be said for sure yet: "
            + (f"{seeds} seed tells nothing about chance." if seeds == 1 else "no seed differs."),
            "Run at least three: -m seed=range(3).",
        ]
    clear = [s for s in tested if s.p_corrected < ALPHA]
    return [
        _answer(clear, key),
        *(_effect(s, key) for s in clear),
        *_unclear(tested, clear, key),
        *_untested(len(compared) - len(tested)),
    ]


def _answer(clear: Sequence[Summary], key: ScoreKey) -> str:
    better = known(key[2]).better
    if not clear:
        return "No augmentation makes a difference that can be told from chance."
    if better == BOTH:
        lower, higher = ([_name(s) for s in clear if _difference(s) * sign > 0] for sign in (-1, 1))
        parts = []
        if lower:
            parts.append(
                f"{_listed(lower)} lower{'s' if len(lower) == 1 else ''} the Inception Score: "
                "better as the study reads it, worse as the field does"
            )
        if higher:
            parts.append(
                f"{_listed(higher)} raise{'s' if len(higher) == 1 else ''} it: "
                "worse as the study reads it, better as the field does"
            )
        return f"{'; '.join(parts)}."
    helps = [_name(s) for s in clear if _gain(s, key) > 0]
    harms = [_name(s) for s in clear if _gain(s, key) < 0]
    parts = [f"{_listed(helps)} help{'s' if len(helps) == 1 else ''}"] if helps else []
    parts += [f"{_listed(harms)} do{'es' if len(harms) == 1 else ''} harm"] if harms else []
    return f"{'; '.join(parts)}."


def _effect(summary: Summary, key: ScoreKey) -> str:
    assert summary.versus_none
    found = summary.versus_none.estimate
    told = ""
    if known(key[2]).better not in (BOTH, NEITHER):
        told = f", which is {'better' if _gain(summary, key) > 0 else 'worse'}"
    mean, low, high = (rounded(x, 3, "+") for x in (found.mean, found.low, found.high))
    return (
        f"{_name(summary)}: {title(key)} {mean} against no augmentation{told} (95 % interval "
        f"{low} to {high}, corrected p = {summary.p_corrected:.2g}, {found.count} seeds)."
    )


def _way(summary: Summary, key: ScoreKey) -> str:
    return f", {'better' if _gain(summary, key) > 0 else 'worse'} than no augmentation"


def _unclear(tested: Sequence[Summary], clear: Sequence[Summary], key: ScoreKey) -> list[str]:
    rest = [s for s in tested if s not in clear]
    if not rest:
        return []
    largest = max(rest, key=lambda s: abs(_difference(s)))
    seen = [s.versus_none.detectable for s in rest if s.versus_none]
    could = span(seen, lambda at: rounded(at, 2))
    paired = [s.versus_none.estimate.count for s in rest if s.versus_none]
    seeds = span(paired, str)
    count = f"{len(rest)} condition{'s' if len(rest) > 1 else ''}"
    way = "" if known(key[2]).better in (BOTH, NEITHER) else _way(largest, key)
    difference = f"{rounded(_difference(largest), 2, '+')}{way} ({_name(largest)})"
    return [
        f"{count} cannot be told from no augmentation with {seeds} seeds. The largest difference "
        f"among them is {difference}; only a true difference "
        f"of about {could} would have been seen in four of five such studies, "
        "so this is no proof that there is none."
    ]


def _untested(count: int) -> list[str]:
    more = f"{count} more condition{'s are' if count > 1 else ' is'}"
    return [f"{more} not tested: of one seed, or of no scatter."] if count else []


def _name(summary: Summary) -> str:
    return summary.row.condition.label


def _difference(summary: Summary) -> float:
    return summary.versus_none.estimate.mean if summary.versus_none else math.nan


def _gain(summary: Summary, key: ScoreKey) -> float:
    """The difference, above 0 where it is one for the better."""
    return _difference(summary) * (-1 if known(key[2]).better == LOWER else 1)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
