"""What a run folder says of a run that has ended, was interrupted or killed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from project.runs import run_folder


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


def test_a_checkpoint_of_an_earlier_part_adds_nothing(tmp_path: Path) -> None:
    run_folder.write_result(tmp_path, {"status": "running", "wall_seconds": 40.0})
    (tmp_path / run_folder.CHECKPOINT).touch()
    os.utime(tmp_path / run_folder.CHECKPOINT, (5, 5))
    assert run_folder.wall_seconds(tmp_path) == 40.0
