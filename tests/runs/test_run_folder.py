"""What a run folder says of a run that has ended, was interrupted or killed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from project.errors import UserError
from project.runs import run_folder
from project.runs.trained import section


@pytest.mark.parametrize(
    ("result", "seconds"),
    [
        ({"status": "interrupted", "wall_seconds": 40.0}, 40.0),
        # Killed: from its first line to its last checkpoint; and so a second time.
        ({"status": "running"}, 25.0),
        ({"status": "running", "wall_seconds": 40.0}, 65.0),
        ({"status": "failed"}, 0.0),
    ],
)
def test_the_time_of_a_run_counts_all_its_parts(
    result: dict[str, Any], seconds: float, tmp_path: Path
) -> None:
    run_folder.write_result(tmp_path, result)
    (tmp_path / run_folder.CHECKPOINT).touch()
    for name, at in ((run_folder.RESULT, 1000), (run_folder.CHECKPOINT, 1025)):
        os.utime(tmp_path / name, (at, at))
    assert run_folder.wall_seconds(tmp_path) == seconds


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    for make in (lambda place: run_folder.create(place, "x"), run_folder.check_writable):
        with pytest.raises(UserError, match="runs cannot be written to"):
            make(tmp_path / "runs")


@pytest.mark.parametrize("result", ["{}", "[]", "", '{"overrides": 3}'])
def test_what_no_run_wrote_is_no_run_folder(result: str, tmp_path: Path) -> None:
    (tmp_path / run_folder.RESULT).write_text(result)
    with pytest.raises(UserError, match="is not a run folder"):
        run_folder.require(tmp_path)


@pytest.mark.parametrize("config", ["a: [", "[1, 2]", "", "\xff", "a: ${"])
def test_a_broken_config_is_told(config: str, tmp_path: Path) -> None:
    (tmp_path / run_folder.CONFIG).write_text(config, encoding="latin-1")
    with pytest.raises(UserError, match=r"config\.yaml .*Use the folder as the run left it"):
        section(tmp_path, "module")


def test_a_checkpoint_of_an_earlier_part_adds_nothing(tmp_path: Path) -> None:
    run_folder.write_result(tmp_path, {"status": "running", "wall_seconds": 40.0})
    (tmp_path / run_folder.CHECKPOINT).touch()
    os.utime(tmp_path / run_folder.CHECKPOINT, (5, 5))
    assert run_folder.wall_seconds(tmp_path) == 40.0
