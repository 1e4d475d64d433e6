from __future__ import annotations

from pathlib import Path

import pytest
from tiny import TINY, run_here

from project import prepare
from project.run import main


def test_a_run_decodes_nothing_that_was_prepared_by_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [*TINY, "epochs=1", "score_every=0", "references=untreated"]
    run_here(prepare.main, words, monkeypatch)
    assert "held out: 1936, 10 of them cached" in capsys.readouterr().out
    before = sorted(Path(".cache").glob("*.npy"))
    assert len(before) == 2
    run_here(main, words, monkeypatch)
    assert sorted(Path(".cache").glob("*.npy")) == before
