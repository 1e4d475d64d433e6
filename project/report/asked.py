"""Which runs the study's findings are asked of."""

from __future__ import annotations

from collections.abc import Sequence

from project.report.claims import CELEBA, POMERANIAN, claims
from project.report.comparisons import Study
from project.report.conditions import NAMES
from project.report.hypotheses import Decision, decide
from project.report.matched import END, EPOCHS, TRAINING, Matched, both_ways
from project.report.measure import WHOSE
from project.report.runs import ScoreKey

SCORE = "inception_score"


def ask_both_ways(studies: Sequence[Study]) -> dict[str, list[Decision]]:
    """Decides the findings at equal training, and at equal epochs as the study did.

    Returns:
        Decisions by what they were asked of and how; once where the two are the same.
    """
    ways = [both_ways(study) for study in studies]
    families: dict[str, list[Decision]] = {}
    for how in (TRAINING, EPOCHS, END):
        there = [m for matched in ways for m in matched if m.how == how]
        # Where the two are the same, that is at equal epochs as well.
        once = [m[0] for m in ways if how == EPOCHS and len(m) == 1 and m[0].how == TRAINING]
        if there:
            asked = ask([*there, *once])
            families |= {f"{name}, at {how}": decisions for name, decisions in asked.items()}
    return families


def ask(studies: Sequence[Matched]) -> dict[str, list[Decision]]:
    """Decides the findings on the study's data sets, and what it found on faces on drawn ones.

    Where a data set was studied under several settings, those with the most finished runs decide.

    Returns:
        Decisions by what they were asked of.
    """
    most: dict[str, Matched] = {}
    for matched in sorted(studies, key=_finished):
        study = matched.study
        if score_of(study) and any(row.condition.kinds for row in study.rows):
            most[study.data] = matched
    families = {}
    own = {data: most.pop(data) for data in (CELEBA, POMERANIAN) if data in most}
    if own:
        keys = [score_of(matched.study) for matched in own.values()]
        shared = [key for key in keys if key and all(key in m.study.keys for m in own.values())]
        if shared:
            name = " and ".join(matched.study.title for matched in own.values()) + _whose(shared[0])
            families[name] = decide(claims(own, shared[0]))
    faces = most.get(NAMES["faces"])
    key = score_of(faces.study) if faces else None
    if faces and key:
        name = f"{faces.study.title}{_whose(key)}, held against what the study found on CelebA"
        families[name] = decide(claims({CELEBA: faces}, key, (CELEBA,)))
    return families


def _finished(matched: Matched) -> int:
    return sum(run.counts for row in matched.study.rows for run in row.runs)


def score_of(study: Study) -> ScoreKey | None:
    """Returns the Inception Score that the findings are about: of G itself, as in the study.

    Of its moving average where more conditions have that: on the way it may be scored alone.
    """
    found = [key for key in study.keys if key[0] in WHOSE and key[2] == SCORE]

    def scored(key: ScoreKey) -> tuple[int, bool]:
        return sum(bool(row.values(key)) for row in study.rows), key[0] == "scores"

    return max(found, key=scored, default=None)


def _whose(key: ScoreKey) -> str:
    return "" if key[0] == "scores" else f", by {WHOSE[key[0]]}"
