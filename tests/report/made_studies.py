"""Runs of Study A in memory, with scores that are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from run_folders import BACKBONE, config_of

from project.report.comparisons import Study, arrange
from project.report.runs import Run

KEY = ("scores", BACKBONE, "inception_score")


def made_runs(data: str, scores: Mapping[str, Sequence[float]]) -> list[Run]:
    """Makes a run for each score: by policy, such as ``flip+gen x2``, in the order of seeds."""
    runs = []
    for label, values in scores.items():
        policy, _, twice = label.partition(" x")
        kinds = [] if policy == "none" else policy.split("+")
        for seed, value in enumerate(values):
            config = config_of(kinds=kinds, seed=seed, data=data, size=120 if twice else "all")
            name = f"{data} {label} {seed}"
            result = {"config_hash": name, "data": {"images": 60}}
            runs.append(Run(Path(name), "finished", "", result, config, {KEY: value}))
    return runs


def made_study(data: str, scores: Mapping[str, Sequence[float]]) -> Study:
    """Makes a study of one data set."""
    (study,) = arrange(made_runs(data, scores))
    return study
