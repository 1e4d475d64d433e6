"""The answer, from run folders with curves: equal training, equal epochs, words."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from curves_made import FID, study_with_curves
from made_studies import KEY, made_runs

from project.report.answer import HELPS, NONE_HELPS, UNDECIDED, UNTESTED, Answer, answer_of
from project.report.answer_words import beside, verdict
from project.report.asked import ask_both_ways
from project.report.comparisons import Study, arrange, summarise
from project.report.matched import equal_epochs, equal_training
from project.report.measure import deciding
from project.report.more_seeds import more_seeds
from project.report.runs import Run, read_runs
from project.report.tables import answer_rows

RESULTS = Path(__file__).parents[2] / "docs" / "results"
# Sets of 60, 120 and 180 images, scored at thirds of equally many: 12 epochs of none are 4 of x2.
NONE = [{4: 90.0 + s, 8: 60.0 + s, 12: 50.0 + 2 * s} for s in range(3)]
FLIP = [{2: 91.0 + s, 4: 62.0 + 1.2 * s, 6: 51.0 - s} for s in range(3)]
PAIR = [{1: 92.0, 3: 60.5, 4: 30.0 + s} for s in range(3)]
CURVES = {"none": NONE, "flip": FLIP, "flip+gen x2": PAIR}


def answered(study: Study) -> Answer:
    found = answer_of(study)
    assert found is not None
    return found


def test_both_comparisons_from_the_same_runs(tmp_path: Path) -> None:
    found = answered(study_with_curves(tmp_path, CURVES))
    assert found.training is found.deciding
    assert found.epochs is not None
    assert found.training.matched.at == pytest.approx(0.72)  # kimg
    # By hand: none ends at 50, 52, 54; flip at 51, 50, 49; the pair at 30, 31, 32.
    assert [e.difference for e in found.training.effects] == pytest.approx([-2.0, -21.0])
    # After four epochs none has 90, 91, 92; flip, shown twice as many images, 62, 63.2, 64.4.
    assert found.epochs.matched.at == 4
    assert [e.difference for e in found.epochs.effects] == pytest.approx([-27.8, -60.0])


@pytest.mark.parametrize(
    ("curves", "told"),
    [
        (CURVES, "3 seeds"),
        ({**CURVES, "flip": FLIP[:1]}, "1 to 3 seeds"),
        ({"none": NONE, "flip": FLIP[:1]}, "1 seed"),
    ],
)
def test_uneven_numbers_of_seeds_are_told(
    curves: dict[str, list[dict[int, float]]], told: str, tmp_path: Path
) -> None:
    assert answered(study_with_curves(tmp_path, curves)).seeds_each == told


def test_rounded_epochs_are_the_same_point(tmp_path: Path) -> None:
    curves = {"none": [{68: 9.0, 205: 5.0}] * 2, "flip": [{34: 9.5, 66: 6.0, 102: 4.0}] * 2}
    study = study_with_curves(tmp_path, curves)
    training, epochs = equal_training(study), equal_epochs(study)
    assert training is not None
    assert epochs is not None
    assert (training.at, epochs.at) == (pytest.approx(12.3), 68)
    flip = epochs.study.rows[1]
    assert flip.values(FID) == {0: 6.0, 1: 6.0}


def test_epochs_alone_where_no_scoring_lies_near(tmp_path: Path) -> None:
    curves = {"none": [{10: 9.0 + s} for s in range(3)], "flip": [{10: 3.0 + s} for s in range(3)]}
    study = study_with_curves(tmp_path, curves)
    assert equal_training(study) is None
    curves["flip"] = [{10: 3.0 + 1.1 * s} for s in range(3)]
    (tmp_path / "other").mkdir()
    found = answered(study_with_curves(tmp_path / "other", curves))
    assert (found.training, found.state) == (None, HELPS)
    assert "at equal epochs (10)" in verdict(found)[0]
    assert "with more images it trained longer, which may be all of it" in verdict(found)[1]
    assert any("shown 2 times as many images as da=none" in told for told in beside(found))


def test_the_verdict_in_two_sentences(tmp_path: Path) -> None:
    found = answered(study_with_curves(tmp_path, CURVES, {"kid": 0.01}))
    first, second = verdict(found)
    assert found.state == HELPS
    assert first.startswith("Use flip + gen 1:1 with 120 DA images: FID lower by 21 [")
    assert first.endswith("] than without (40 %), at equal training (0.72 kimg).")
    assert second.startswith(
        "Sure: better than no augmentation: more than 99 of 100; the best of the 3 "
    )
    assert re.search(r"; p (below 0\.001|0\.0\d+) for all 2 comparisons together\.", second)
    assert second.endswith(" FID still changes with training, so this may be a head start.")
    decided, flip = sorted(found.deciding.effects, key=lambda effect: effect.difference)
    assert found.deciding.seeds_to_decide(decided) is None
    assert found.deciding.seeds_to_decide(flip) is None or not flip.told
    told = " ".join(beside(found))
    assert "Without augmentation it is 52" in told
    assert "KID, which is unbiased, agrees: flip+gen 1:1, 120 DA -0.21 [" in told
    assert "At equal epochs (4), as the study compares, it would have seemed" in told
    assert "flip -27.8 [" in told
    assert "Kendall's tau (1 is the same order" in told
    assert "KID 1" in told
    assert "together for all 2 comparisons" in told


def test_scatter_is_what_a_seed_does_not_do_to_all_alike(tmp_path: Path) -> None:
    # A seed moves all conditions by 10; beside that, flip scatters by +1, 0, -1 about none.
    curves = {
        "none": [{4: 50.0}, {4: 60.0}, {4: 70.0}],
        "flip": [{4: 46.0}, {4: 55.0}, {4: 64.0}],
    }
    found = answered(study_with_curves(tmp_path, curves))
    # Residuals of half a point, four of them: 1 over 2 degrees of freedom.
    assert found.deciding.spread == pytest.approx(0.5**0.5)
    told = " ".join(beside(found))
    assert "without the shift that a seed gives all conditions alike" in told
    assert "a standard deviation of 0.71: the difference of flip is 7.1 times that" in told


def test_measures_that_are_nothing_everywhere_are_in_no_order(tmp_path: Path) -> None:
    study = study_with_curves(tmp_path, CURVES, {"recall": -1e-4, "density": 0.01})
    references = {"references": {KEY[1]: {"training": {"recall": 0.9, "density": 1.0}}}}
    rows = [
        replace(row, runs=tuple(replace(r, result={**r.result, **references}) for r in row.runs))
        for row in study.rows
    ]
    told = " ".join(beside(answered(Study(tuple(rows)))))
    assert "density" in told
    assert "recall" not in told


def test_all_measures_that_disagree_are_named(tmp_path: Path) -> None:
    study = study_with_curves(tmp_path, CURVES, {"kid": -0.01, "recall": 0.01, "precision": -1.0})
    told = " ".join(beside(answered(study)))
    assert "KID -1, precision 1, recall -1. KID, recall tell another story." in told


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"mode": "online, p 0.5", "da_size": 0}, "flip online, p 0.5"),
        ({"kinds": (), "gan": "gan=modern", "da_size": 0}, "gan=modern"),
    ],
)
def test_what_to_use_is_named_in_full(changes: dict[str, Any], name: str, tmp_path: Path) -> None:
    ends = {"none": [{4: 50.0}, {4: 50.4}, {4: 50.2}], "flip": [{4: 30.1}, {4: 30.2}, {4: 30.6}]}
    none, flip = study_with_curves(tmp_path, ends).rows
    flip = replace(flip, condition=replace(flip.condition, **changes))
    found = answered(Study((none, flip)))
    assert verdict(found)[0].startswith(f"Use {name}: FID lower by 19.9 [")
    assert "times as many images" not in " ".join([*verdict(found), *beside(found)])


def test_a_curve_that_still_falls_and_one_that_turns(tmp_path: Path) -> None:
    curves = {
        "none": [{40: 90.0, 80: 60.0 + s, 120: 50.0 + s} for s in (0.0, 1.0, 2.5)],
        "flip": [{20: 50.0, 40: 40.0 + s, 60: 45.0 + s} for s in (0.0, 2.0, 1.0)],
    }
    found = answered(study_with_curves(tmp_path, curves))
    none, flip = found.endings
    # 40 epochs of 60 images are 2.4 kimg, over which none falls by 10.
    assert none.slope.mean == pytest.approx(-100 * 10 / 2.4)
    assert (none.moves, none.turned) == (True, False)
    assert (flip.moves, flip.turned, flip.best, flip.best_at) == (True, True, 41.0, 4.8)
    told = " ".join(beside(found))
    assert "still changes, per 10 kimg, by: none -41.7" in told
    assert "flip had been better: 41 at 4.8 kimg, 46 at the end." in told


def test_undecided_says_what_would_decide(tmp_path: Path) -> None:
    curves = {
        "none": [{12: 50.0}, {12: 54.0}, {12: 52.0}],
        "flip": [{6: 49.0}, {6: 48.0}, {6: 52.0}],
    }
    study = study_with_curves(tmp_path, curves)
    words = ["experiment=da_faces", "paths.data='data'", "paths.cache=.cache", "seed=0", "da=flip"]
    sweep = {"name": "da_faces_da_all_n-60", "condition": "da=flip"}
    more = {"overrides": words, "experiment": "da_faces", "sweep": sweep}
    rows = [
        replace(row, runs=tuple(replace(r, result={**r.result, **more}) for r in row.runs))
        for row in study.rows
    ]
    found = answered(Study(tuple(rows)))
    assert found.state == UNDECIDED
    assert found.seeds is not None
    line = f"python -m project.run experiment=da_faces sweep=da_all seeds={found.seeds}"
    assert found.command == line
    assert f"{found.seeds - 3} more seeds would probably decide" in verdict(found)[1]
    assert "the likeliest is flip with 60 DA images, FID lower by 2.33 [" in verdict(found)[0]
    rows = [
        replace(
            row, runs=tuple(replace(r, result={**r.result, "overrides": words}) for r in row.runs)
        )
        for row in study.rows
    ]
    line = (
        f'python -m project.run -m experiment=da_faces da=none,flip "seed=range(3,{found.seeds})"'
    )
    assert answered(Study(tuple(rows))).command == line


def test_a_sweep_of_the_users_own_has_its_command_too(tmp_path: Path) -> None:
    (tmp_path / "mine" / "sweep").mkdir(parents=True)
    (tmp_path / "mine" / "sweep" / "dims.yaml").write_text("conditions: [[da=none], [da=dim]]")
    given = f"--config-dir={tmp_path / 'mine'}"
    run = Run(
        tmp_path / "run",
        "finished",
        result={
            "overrides": [given, "experiment=da_faces", "n=60", "seed=1", "da=dim"],
            "experiment": "da_faces",
            "seed": 1,
            "sweep": {"name": "da_faces_dims_n-60", "condition": "da=dim"},
        },
    )
    (study,) = arrange([run])
    line = f"python -m project.run {given} experiment=da_faces n=60 sweep=dims seeds=9"
    assert more_seeds(study.rows[0], [0, 1, 2], 3, 9, "da=none") == line


def test_more_seeds_of_a_gan_come_with_the_studys(tmp_path: Path) -> None:
    words = ["experiment=da_faces", "seed=1", "gan=modern"]
    result = {"overrides": words, "experiment": "da_faces", "seed": 1, "sweep": {"name": "x"}}
    (study,) = arrange([Run(tmp_path / "run", "finished", result=result)])
    line = 'python -m project.run -m experiment=da_faces gan=study,modern "seed=range(3,9)"'
    assert more_seeds(study.rows[0], [0, 1, 2], 3, 9, "gan=study") == line


def test_none_of_these_helps(tmp_path: Path) -> None:
    curves = {
        "none": [{12: 50.0}, {12: 50.4}, {12: 50.2}],
        "flip": [{6: 50.1}, {6: 50.2}, {6: 50.5}],
        "gen": [{6: 60.1}, {6: 60.2}, {6: 60.5}],
    }
    found = answered(study_with_curves(tmp_path, curves))
    assert found.state == NONE_HELPS
    told = "None of these helps. Leave out gen: worse than no augmentation for sure."
    assert verdict(found)[0] == told
    assert "by more than 5 % (2.5)" in verdict(found)[1]
    assert any(
        told.startswith("Worse than no augmentation for sure: gen +10.1 [")
        for told in beside(found)
    )


def test_one_seed_is_no_answer(tmp_path: Path) -> None:
    found = answered(study_with_curves(tmp_path, {"none": [{2: 9.0}], "flip": [{1: 8.0}]}))
    assert (found.state, found.seeds) == (UNTESTED, 3)
    assert verdict(found)[0].startswith("Undecided: 1 seed cannot tell a difference from chance.")
    assert "nan" not in " ".join([*verdict(found), *beside(found)])


def test_the_only_seed_of_a_worse_condition(tmp_path: Path) -> None:
    study = study_with_curves(
        tmp_path, {"none": [{2: 9.0}, {2: 9.5}, {2: 8.7}], "flip": [{1: 9.9}]}
    )
    words = ["experiment=da_faces", "seed=0", "da=flip"]
    none, flip = (
        replace(
            row, runs=tuple(replace(r, result={**r.result, "overrides": words}) for r in row.runs)
        )
        for row in study.rows
    )
    first, second = verdict(answered(Study((none, flip))))
    assert "So far flip with 60 DA images comes nearest, FID higher by 0.9 than without" in first
    # It shares one seed with none, which has three: the next two are new to both.
    line = 'python -m project.run -m experiment=da_faces da=none,flip "seed=range(3,5)"'
    assert second == f"Train at least 3 seeds: {line}."


def test_a_likeliest_that_is_worse_expects_no_negative_size(tmp_path: Path) -> None:
    curves = {
        "none": [{2: 9.0}, {2: 9.5}, {2: 8.7}],
        "flip": [{1: 10.9}, {1: 8.9}, {1: 9.4}],
    }
    found = answered(study_with_curves(tmp_path, curves))
    assert found.best.gain < 0
    assert "for the expected 0.67)" in verdict(found)[1]


def test_the_measure_is_named_beforehand() -> None:
    runs = made_runs("CelebA", {"none": [1.0], "flip": [2.0]})
    held_out = ("scores_average", KEY[1], "fid_held_out")
    names = [held_out, ("scores_average", KEY[1], "kid_held_out"), FID, KEY]
    row = {"training": {"fid_held_out": 14.5}, "held_out": {"fid_held_out": 0.0, "fid": 14.9}}
    result = {"references": {KEY[1]: row}, "scored": {KEY[1]: {"images": 1000}}}
    runs = [replace(r, scores=dict.fromkeys(names, 1.0), result=result) for r in runs]
    found = deciding(arrange(runs)[0])
    assert found is not None
    assert (found.key, found.beside, found.real) == (held_out, names[1], 14.5)
    assert found.short == "held-out FID"
    assert "the generator's moving average" in found.about
    assert "biased upwards at 1000 images: real images score 14.5, not 0" in found.about
    # A score that one condition lacks compares nothing.
    runs[0] = replace(runs[0], scores={FID: 1.0})
    found = deciding(arrange(runs)[0])
    assert found is not None
    assert (found.key, found.real) == (FID, 14.9)
    assert deciding(arrange([replace(r, scores={KEY: 1.0}) for r in runs])[0]) is None


def by_hand(folder: Path, epoch: int) -> float:
    """Reads FID of the moving average from a run's metrics.csv, in the plainest way."""
    with (folder / "metrics.csv").open(newline="") as file:
        found = {
            r["epoch"]: r["scores_average/efficientnet_lite0/fid"] for r in csv.DictReader(file)
        }
    return float(found[str(epoch - 1)])


def test_the_shipped_study_by_hand() -> None:
    folder = RESULTS / "da_celeba"
    found = answered(arrange(read_runs([str(folder)]))[0])
    none = [by_hand(next(folder.glob(f"*da-none_seed-{s}")), 24) for s in range(3)]
    flip = [by_hand(next(folder.glob(f"*da-flip_seed-{s}")), 12) for s in range(3)]
    end = [by_hand(next(folder.glob(f"*da-none_seed-{s}")), 30) for s in range(3)]
    last = [by_hand(next(folder.glob(f"*da-flip_seed-{s}")), 30) for s in range(3)]
    assert found.training is not None
    assert found.epochs is not None
    # 24 passes over 1000 images are 12 over 2000.
    assert (found.training.matched.at, found.epochs.matched.at) == (pytest.approx(24), 30)
    for comparison, first, second in ((found.training, flip, none), (found.epochs, last, end)):
        effect = next(e for e in comparison.effects if e.label == "flip")
        assert effect.difference == pytest.approx((sum(first) - sum(second)) / 3, rel=1e-6)
    # At equal epochs seven seem to help; at equal training none does.
    assert sum(e.helps for e in found.epochs.effects) == 7
    assert not any(e.helps for e in found.training.effects)
    assert "Not flat" in " ".join(beside(found))
    rows = list(answer_rows([found.study]))
    assert {row["compared"] for row in rows} == {
        "at equal training (24 kimg)",
        "at equal epochs (30)",
    }


def test_the_findings_are_decided_both_ways() -> None:
    studies = arrange(read_runs([str(RESULTS / "da_celeba")]))
    families = ask_both_ways(studies)
    names = [name.rsplit(", ", 1)[1] for name in families]
    assert names == ["at equal training", "at equal epochs"]
    training, epochs = families.values()
    made = [
        {d.claim.name: d.findings for d in family}["H2"][0].made for family in (training, epochs)
    ]
    assert made[0] is not None
    assert made[1] is not None
    vflip, none = (
        next(s for s in summarise(studies[0], KEY) if s.row.condition.label == label).values
        for label in ("vflip", "none")
    )
    assert made[1][0].mean == pytest.approx(sum(vflip[s] - none[s] for s in range(3)) / 3)
    assert not math.isclose(made[0][0].mean, made[1][0].mean)


def test_the_findings_are_asked_of_the_moving_average_where_it_alone_was_scored() -> None:
    studies = arrange(read_runs([str(RESULTS / "da_celeba_205_kimg")]))
    families = ask_both_ways(studies)
    assert [", by the generator's moving average" in name for name in families] == [False, True]
    for family in families.values():
        decided = {decision.claim.name: decision.verdict for decision in family}
        # H5 and H7 are about Pomeranians.
        assert [name for name, found in decided.items() if found == "not tested"] == ["H5", "H7"]
