"""Run folders in any state are read, and none is left out."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from run_folders import BACKBONE, write_run

from project.errors import UserError
from project.metrics.score_names import Score, known
from project.report.runs import read_run, read_runs

NAME = "2026-01-02_03-04-05_da-none"


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        (None, "missing", "no result.json"),
        ("", "empty", "empty"),
        (" \n", "empty", "empty"),
        ('{"status": "fin', "broken", "cannot be read"),
        ("[1, 2]", "broken", "no table"),
        ("[" * 100_000, "broken", "cannot be read"),
        ("{}", "broken", "'None'"),
        ('{"status": "odd"}', "broken", "'odd'"),
        ('{"status": "failed", "error": "no memory"}', "failed", "no memory"),
        ('{"status": "failed"}', "failed", "does not say"),
        ('{"status": "running"}', "running", "killed"),
        ('{"status": "interrupted"}', "interrupted", "stopped"),
        ('{"status": "finished"}', "finished", ""),
        ('{"status": "finished", "scores": {"b": {"x": NaN}}}', "not finite", "scores/b/x"),
        ('{"status": "finished", "scores": {"b": {"x": null}}}', "not finite", "scores/b/x"),
        ('{"status": "finished", "scores": {"b": [3]}, "seed": "one"}', "finished", ""),
    ],
)
def test_state(tmp_path: Path, text: str | None, state: str, said: str) -> None:
    folder = tmp_path / NAME
    folder.mkdir()
    if text is not None:
        (folder / "result.json").write_text(text)
    (run,) = read_runs([str(tmp_path)])
    assert (run.state, run.seed, run.counts) == (state, None, state in ("finished", "not finite"))
    assert said in run.reason


def test_what_is_no_text_is_broken(tmp_path: Path) -> None:
    folder = write_run(tmp_path, NAME)
    (folder / "result.json").write_bytes(b"\xff\xfe\x00")
    (folder / "config.yaml").write_text("a: [1")
    run = read_run(folder)
    assert (run.state, run.config) == ("broken", {})


def test_a_config_is_not_executed(tmp_path: Path) -> None:
    folder = write_run(tmp_path, NAME)
    target = tmp_path / "made"
    (folder / "config.yaml").write_text(f"a: !!python/object/apply:os.mkdir ['{target}']\n")
    assert read_run(folder).config == {}
    assert not target.exists()


def test_finite_scores_beside_a_nan_are_kept(tmp_path: Path) -> None:
    write_run(tmp_path, NAME, scores={"fid": 3.0, "kid": math.nan, "on": True})
    (run,) = read_runs([str(tmp_path)])
    assert run.counts
    assert run.scores["scores", BACKBONE, "fid"] == 3.0
    assert ("scores", BACKBONE, "on") not in run.scores


def test_of_two_runs_with_one_hash_the_newer_counts(tmp_path: Path) -> None:
    for day in (1, 2, 3):
        status = "failed" if day == 3 else "finished"
        write_run(tmp_path, f"2026-01-0{day}_03-04-05_a", config_hash="same", status=status)
    write_run(tmp_path, "2026-01-01_03-04-05_b", config_hash="other")
    runs = read_runs([str(tmp_path)])
    assert [run.state for run in runs] == ["repeated", "finished", "finished", "failed"]
    assert "2026-01-02_03-04-05_a" in runs[0].reason


def test_the_same_run_scored_by_another_backbone_is_no_repetition(tmp_path: Path) -> None:
    write_run(tmp_path, "a", config_hash="same", scores={"fid": 1.0})
    write_run(tmp_path, "b", config_hash="same", scores={"fid": 2.0}, backbone="inception_v3")
    assert [run.state for run in read_runs([str(tmp_path)])] == ["finished", "finished"]


def test_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for parent in ("x/1", "x/2", "y"):
        write_run(tmp_path / parent, NAME)
    hydra = tmp_path / "x" / ".hydra"
    hydra.mkdir()
    (hydra / "config.yaml").write_text("a: 1")
    assert len(read_runs([str(tmp_path)])) == 3
    assert len(read_runs([f"{tmp_path}/x/*", str(tmp_path / "x")])) == 2
    assert len(read_runs([str(tmp_path / "y" / NAME)])) == 1
    monkeypatch.chdir(tmp_path / "y" / NAME)
    assert len(read_runs(["."])) == 1


def test_nothing_to_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not there"):
        read_runs([str(tmp_path / "nowhere")])
    with pytest.raises(UserError, match="holds no run"):
        read_runs([str(tmp_path)])


def test_a_score_of_the_users_own_is_known_by_what_its_run_says(tmp_path: Path) -> None:
    about = {"better": "higher", "about": "mean saturation of the pixels"}
    names = {"saturation_of_runs": about, "fid": {"better": "higher", "about": "no"}}
    result = {"status": "finished", "scored": {"pixels": {"names": names}}}
    (tmp_path / "result.json").write_text(json.dumps(result))
    read_run(tmp_path)
    assert known("saturation_of_runs") == Score(
        "saturation of runs", "higher", "Mean saturation of the pixels."
    )
    # What the project itself scores is not renamed by a folder from elsewhere.
    assert known("fid").title == "FID"
