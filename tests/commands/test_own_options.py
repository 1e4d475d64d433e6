"""`--config-dir` through a run, and the run that it needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from own_options import write_options
from tiny import TINY, result_of, run_here

from project.cli.config_dir import ENVIRONMENT
from project.cli.sentences import answer
from project.run import main

SHORT = ["--config-dir=mine", "experiment=mine", *TINY[1:], "epochs=1", "score_every=0"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(ENVIRONMENT, "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    write_options(tmp_path)
    return tmp_path


def test_runs_and_those_they_need_are_told_with_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_here(lambda: answer(main, "config"), [*SHORT, "da=[dim,gen]"], monkeypatch)
    runs = sorted(path.parent for path in folder.glob("outputs/mine/*/result.json"))
    told = [result_of(run)["overrides"] for run in runs]
    assert ["da=none" in words for words in told] == [True, False]
    for words in told:
        assert words[:2] == [f"--config-dir={folder / 'mine'}", "experiment=mine"]
    assert ",dim," in (runs[1] / "manifest.csv").read_text()
