"""The same command, the same result: repeated, and killed and resumed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tiny import (
    KILLED_AT_BATCH,
    TINY,
    assert_same_weights,
    only_run,
    result_of,
    rows_of,
    run_apart,
    run_here,
)

from project.errors import UserError
from project.run import main


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uninterrupted")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        run_here(main, TINY, monkeypatch)
    return only_run(folder / "outputs")


def test_two_equal_runs_are_bit_identical(
    uninterrupted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_here(main, TINY, monkeypatch)
    again = only_run(tmp_path / "outputs")
    assert_same_weights(uninterrupted, again)
    assert rows_of(uninterrupted) == rows_of(again)
    assert result_of(uninterrupted)["config_hash"] == result_of(again)["config_hash"]
    assert result_of(uninterrupted)["scores"] == result_of(again)["scores"]


def test_seed_zero_is_a_seed(
    uninterrupted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_here(main, [*TINY, "seed=1"], monkeypatch)
    other = only_run(tmp_path / "outputs")
    assert result_of(uninterrupted)["seed"] == 0
    assert result_of(uninterrupted)["config_hash"] != result_of(other)["config_hash"]
    assert rows_of(uninterrupted) != rows_of(other)


# In the second epoch's middle, at the end of the second (scored, not yet saved), in the last batch.
@pytest.mark.parametrize("batch", [6, 8, 15])
def test_killed_and_resumed_ends_the_same(
    batch: int, uninterrupted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = run_apart(
        ["-c", KILLED_AT_BATCH.format(batch=batch, signal="SIGKILL")], TINY, tmp_path
    )
    assert killed.returncode == -9, killed.stderr
    folder = only_run(tmp_path / "outputs")
    assert result_of(folder)["status"] == "running"
    assert len(rows_of(folder)) == batch
    monkeypatch.chdir(tmp_path)
    run_here(main, [f"resume={folder}"], monkeypatch)
    assert only_run(tmp_path / "outputs") == folder
    assert result_of(folder)["status"] == "finished"
    assert_same_weights(uninterrupted, folder)
    assert rows_of(folder) == rows_of(uninterrupted)
    assert [row["batch"] for row in rows_of(folder)] == [str(i) for i in range(1, 17)]
    assert result_of(folder)["scores"] == result_of(uninterrupted)["scores"]


def test_a_finished_run_is_not_resumed(
    uninterrupted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(uninterrupted.parents[2])
    told = r"is finished after 4 epochs, .* its scores .* longer than epochs=4: .* epochs=<more>"
    with pytest.raises(UserError, match=told):
        run_here(main, [f"resume={uninterrupted}"], monkeypatch)


def test_resuming_with_other_settings_is_refused(
    uninterrupted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(uninterrupted.parents[2])
    folder = tmp_path / "interrupted"
    shutil.copytree(uninterrupted, folder)
    result = result_of(folder) | {"status": "interrupted"}
    (folder / "result.json").write_text(json.dumps(result))
    before = (folder / "result.json").read_bytes()
    changed = r"begun with other settings \(module.average_decay: 0.999 -> 0.5\)"
    with pytest.raises(UserError, match=changed):
        run_here(main, [f"resume={folder}", "module.average_decay=0.5"], monkeypatch)
    assert (folder / "result.json").read_bytes() == before
