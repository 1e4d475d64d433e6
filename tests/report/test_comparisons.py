"""Conditions side by side, with seeds that are missing."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from made_studies import KEY, made_runs, made_study
from scipy import stats

from project.report.comparisons import arrange, summarise


def test_means_and_differences_from_none() -> None:
    values = {"none": [2.0, 2.5, 2.2], "flip": [1.0, 1.9, 1.4], "gen": [2.1, 2.4, 2.3]}
    none, flip, gen = summarise(made_study("CelebA", values), KEY)
    assert none.versus_none is None
    assert flip.estimate is not None
    assert flip.estimate.mean == pytest.approx(4.3 / 3)
    assert flip.versus_none is not None
    assert gen.versus_none is not None
    p = stats.ttest_rel(values["flip"], values["none"]).pvalue
    assert flip.versus_none.estimate.p == pytest.approx(p)
    assert flip.p_corrected == pytest.approx(2 * p)
    assert gen.p_corrected == pytest.approx(gen.versus_none.estimate.p)
    assert math.isnan(none.p_corrected)


def test_seeds_that_are_not_there_are_told() -> None:
    runs = made_runs("CelebA", {"none": [1, 2, 3, 4], "flip": [1, math.nan, 3], "gen": [1, 2, 3]})
    for i, run in enumerate(runs):
        if run.config["da"]["kinds"] and run.seed == 2:
            runs[i] = replace(run, state="failed", scores={})
    _, flip, gen = summarise(arrange(runs)[0], KEY)
    assert flip.values == {0: 1}
    assert flip.absent == {1: "not scored", 2: "failed", 3: "not run"}
    assert gen.absent == {2: "failed", 3: "not run"}
    assert gen.versus_none is not None
    assert gen.versus_none.seeds == (0, 1)


def test_the_same_seed_twice_counts_once() -> None:
    runs = made_runs("CelebA", {"none": [1.0, 2.0]})
    runs[1] = replace(runs[1], config={**runs[1].config, "seed": 0})
    (row,) = arrange(runs)[0].rows
    assert [run.state for run in row.runs] == ["repeated", "finished"]
    assert row.values(KEY) == {0: 2.0}


def test_a_run_without_a_seed_is_kept_and_not_counted() -> None:
    (run,) = made_runs("CelebA", {"none": [1.0]})
    (row,) = arrange([replace(run, config={**run.config, "seed": None})])[0].rows
    assert (row.runs[0].state, row.values(KEY)) == ("broken", {})


def test_studies_are_one_for_each_data_set() -> None:
    runs = made_runs("CelebA", {"none": [1], "flip+gen": [1]}) + made_runs("Pets", {"flip": [1]})
    first, second = arrange(runs)
    assert (first.data, second.data) == ("CelebA", "Pomeranian")
    assert [row.condition.label for row in first.rows] == ["none", "flip+gen 1:1"]
    assert second.baseline is None
    assert summarise(second, KEY)[0].versus_none is None
