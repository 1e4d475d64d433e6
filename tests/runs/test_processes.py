from __future__ import annotations

import os

import pytest

from project.runs.processes import cores


@pytest.mark.parametrize(("given", "allowed", "expected"), [("2", 8, 2), ("16", 8, 8), ("", 8, 8)])
def test_a_job_of_slurm_has_the_cores_that_it_asked_for(
    given: str, allowed: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(allowed)), raising=False)
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", given)
    assert cores() == expected
