"""The study's findings are decided by its own rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from made_studies import KEY, made_study
from scipy import stats

from project.report.claims import (
    CELEBA,
    PAIRS,
    POMERANIAN,
    SINGLES,
    Claim,
    Part,
    claims,
    rank_correlation,
)
from project.report.comparisons import Row, Study
from project.report.hypotheses import Decision, decide
from project.report.matched import at_the_end
from project.report.statistics import estimate

# Scatter between seeds, and of the differences.
NOISE = (0.0, 0.011, -0.012, 0.007, 0.002)


def scores(means: dict[str, float], start: int = 0) -> dict[str, list[float]]:
    return {
        label: [mean + noise * (1 + i / 7) for noise in NOISE]
        for i, (label, mean) in enumerate(means.items(), start)
    }


def as_the_study_found(data: str) -> Study:
    """Means on which every finding of the study holds."""
    celeba = {"none": 2.0, "contrast": 2.1, "invert": 3.0, "flip": 1.6, "vflip": 2.5, "gen": 1.5}
    celeba |= dict(zip(PAIRS, (1.7, 1.8, 1.55), strict=True))
    doubled = {f"{pair} x2": celeba[pair] - 0.3 for pair in PAIRS}
    if data == "Pets":
        doubled["contrast+flip x2"] = 2.2
    return made_study(data, scores(celeba | doubled))


def decided(*studies: Study) -> dict[str, Decision]:
    found = decide(claims({study.data: at_the_end(study) for study in studies}, KEY))
    return {decision.claim.name: decision for decision in found}


def test_every_finding_can_be_supported() -> None:
    found = decided(as_the_study_found("CelebA"), as_the_study_found("Pets"))
    assert list(found) == ["H1", "H2", "H3", "H4", "H5", "H6", "H7"]
    assert {name: d.verdict for name, d in found.items() if name != "H7"} == dict.fromkeys(
        ("H1", "H2", "H3", "H4", "H5", "H6"), "supported"
    )
    assert found["H7"].verdict == "not tested"
    assert found["H3"].findings[0].made is not None
    assert found["H3"].findings[0].made[2] == len(NOISE)


@pytest.mark.parametrize(
    ("name", "label", "mean"),
    [("H1", "gen", 4.0), ("H2", "vflip", 1.0), ("H3", "flip", 2.6), ("H6", PAIRS[1], 2.4)],
)
def test_each_can_be_contradicted_and_stay_undecided(name: str, label: str, mean: float) -> None:
    study = as_the_study_found("CelebA")
    other = made_study("CelebA", scores({label: mean}, 20))
    swapped = [
        Row(row.condition, other.rows[0].runs) if row.condition == other.rows[0].condition else row
        for row in study.rows
    ]
    assert decided(Study(tuple(swapped)))[name].verdict == "contradicted"
    # One seed alone: nothing is decided.
    single = Study(tuple(Row(row.condition, row.runs[:1]) for row in study.rows))
    assert decided(single)[name].verdict == "undecided"


def test_one_data_set_is_not_both() -> None:
    found = decided(as_the_study_found("CelebA"))
    assert found["H1"].verdict == "supported"
    assert found["H3"].verdict == "undecided"
    assert "Pomeranian: flip - none" in [f.part.text for f in found["H3"].findings if not f.made]
    assert found["H5"].verdict == "not tested"
    alone = decide(claims({CELEBA: at_the_end(as_the_study_found("CelebA"))}, KEY, (CELEBA,)))
    assert [(d.claim.name, d.verdict) for d in alone] == [
        (name, "supported") for name in ("H1", "H2", "H3", "H4", "H6")
    ]


def test_another_gan_says_nothing_of_the_studys() -> None:
    study = as_the_study_found("CelebA")
    other = [replace(r, condition=replace(r.condition, gan="gan=modern")) for r in study.rows]
    found = decide(claims({CELEBA: at_the_end(Study(tuple(other)))}, KEY))
    assert {d.verdict for d in found} == {"not tested"}


def test_without_runs_nothing_is_tested() -> None:
    found = decide(claims({}, KEY))
    assert {decision.verdict for decision in found} == {"not tested"}
    assert all(math.isnan(decision.p_corrected) for decision in found)


def claim(*samples: Sequence[float]) -> Claim:
    def part(values: Sequence[float]) -> Part:
        return Part("made up", 1, lambda level: (estimate(values, level), 1.0, len(values)))

    return Claim("H", "made up", tuple(map(part, samples)))


def test_levels_by_hand() -> None:
    strong, weak = [1.0, 1.01, 0.99, 1.0], [1.0, 0.3, 1.6, 0.9]
    p = stats.ttest_1samp(weak, 0).pvalue
    assert 0.025 < p < 0.05
    # Alone at .05 it is seen; after a strong one at .05, too; before a missing one at .025, not.
    assert decide([claim(weak)])[0].verdict == "supported"
    first, second = decide([claim(strong), claim(weak)])
    assert (first.verdict, second.verdict) == ("supported", "supported")
    assert (first.findings[0].level, second.findings[0].level) == pytest.approx((0.975, 0.95))
    noise = [0.5, -0.5, 0.1, -0.2]
    first, second = decide([claim(noise), claim(weak)])
    assert (first.verdict, second.verdict) == ("undecided", "undecided")
    assert second.p_corrected == pytest.approx(2 * p)


def test_a_contradiction_by_one_of_several_is_held_against_its_share() -> None:
    weak, strong = [-1.0, -0.3, -1.6, -0.9], [1.0, 1.01, 0.99, 1.0]
    assert decide([claim(weak)])[0].verdict == "contradicted"
    (found,) = decide([claim(weak, strong)])
    assert found.verdict == "undecided"
    assert [finding.level for finding in found.findings] == pytest.approx([0.975, 0.95])


def test_rank_correlation_against_scipy() -> None:
    first, second = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2.0, 1.0, 4.0, 3.0, 6.0, 5.0]
    found, least = rank_correlation(first, second, 0.95)
    assert found.mean == pytest.approx(stats.spearmanr(first, second).statistic)
    # Ranks differ by 1 six times: rho = 1 - 6 * 6 / (6 * 35) = 0.82857; its z by hand:
    z, error = math.atanh(0.828571), math.sqrt((1 + 0.828571**2 / 2) / 3)
    ends = (math.tanh(z - 1.959964 * error), math.tanh(z + 1.959964 * error))
    assert (found.low, found.high) == pytest.approx(ends, rel=1e-5)
    assert found.p == pytest.approx(math.erfc(z / error / math.sqrt(2)), rel=1e-5)
    assert 0 < least < 1


def test_sharpness_over_the_epochs_decides_the_last_one(tmp_path: Path) -> None:
    study = as_the_study_found("Pets")
    rows = []
    for row in study.rows:
        runs = []
        for run in row.runs:
            folder = tmp_path / f"{row.condition.label} {run.seed}"
            folder.mkdir()
            slope = -1.0 if row.condition.is_baseline else 0.0
            slope += 0.01 * (run.seed or 0) * (1 + len(rows))
            lines = [f"{e},{10 + slope * e}" for e in range(4)]
            head = f"epoch,scores/{KEY[1]}/sharpness"
            (folder / "metrics.csv").write_text("\n".join([head, *lines, "broken,row,x"]))
            runs.append(replace(run, folder=folder))
        rows.append(Row(row.condition, tuple(runs)))
    found = decided(Study(tuple(rows)))["H7"]
    assert (found.verdict, len(found.findings)) == ("supported", 1 + len(SINGLES + PAIRS))
    assert found.findings[0].made is not None
    assert found.findings[0].made[0].mean == pytest.approx(-1 + 0.01 * 2)
    assert found.findings[0].part.text.startswith(POMERANIAN)
