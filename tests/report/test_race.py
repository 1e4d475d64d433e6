"""The race of `project.recommend` on a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from run_folders import BACKBONE, config_of, write_run

from project.report.__main__ import report
from project.report.comparisons import arrange
from project.report.race import ANSWER, draw_race, read_races
from project.report.runs import read_runs

VALUES: dict[str, Any] = {
    "answer": [
        "Use flip <b>.",
        "vflip: out after round 1, +20 FID points from no augmentation there",
    ],
    "lanes": [
        {"name": "flip", "kimg": [2, 4], "differences": [[-9, -7], [-5, -3]], "dropped": False},
        {"name": "vflip", "kimg": [2], "differences": [[30, 10]], "dropped": True},
    ],
    "cuts": [[2, 20]],
    "last": [-7, -4, -1],
}


def race(folder: Path, values: object) -> Path:
    for kinds, kimg in (([], 4), (["flip"], 4), (["vflip"], 2)):
        for seed in range(2):
            config = {**config_of(kinds=kinds, seed=seed), "kimg": kimg}
            name = f"2026-01-01_00-00-00_{'-'.join(kinds)}_{seed}"
            write_run(folder, name, scores={"fid": 50.0 - seed - len(kinds)}, config=config)
    (folder / ANSWER).write_text(json.dumps(values))
    return folder


def test_the_answer_of_a_race_stands_at_the_top(tmp_path: Path) -> None:
    texts, charts, said = report([str(race(tmp_path / "race", VALUES))])
    assert said == ["race:", *VALUES["answer"], "", "6 of 6 runs are in it."]
    page = texts["report.html"]
    assert "Use flip &lt;b&gt;." in page
    # One answer, of runs of unlike lengths together.
    assert 'id="race"' in page
    assert 'id="answer"' not in page
    assert "No run without augmentation" not in page
    assert "vflip: out after round 1" in page
    assert charts["race_1.png"].startswith(b"\x89PNG")


def test_two_races_of_the_same_pictures_stay_apart(tmp_path: Path) -> None:
    folders = [race(tmp_path / name, VALUES) for name in ("one", "other")]
    runs = read_runs([str(folder) for folder in folders])
    studies = arrange(runs, folders)
    assert [study.raced for study in studies] == [True, True]
    assert [len(row.runs) for study in studies for row in study.rows] == [2] * 6


def test_a_race_whose_images_say_nothing_yet_says_so_first(tmp_path: Path) -> None:
    folder = race(tmp_path / "race", VALUES)
    for path in folder.glob("*/result.json"):
        result = json.loads(path.read_text())
        result["scores"][BACKBONE]["coverage"] = 0.01
        path.write_text(json.dumps(result))
    page = report([str(folder)])[0]["report.html"]
    assert page.index("No answer yet") < page.index("Use flip &lt;b&gt;.")


def test_the_picture_shows_who_was_dropped_and_the_last_interval(tmp_path: Path) -> None:
    (told,) = read_races(read_runs([str(race(tmp_path / "race", VALUES))]))
    first, second = draw_race(told, told.lanes).axes
    assert first.get_title(loc="left") == "flip"
    assert [np.asarray(line.get_ydata()).tolist() for line in first.lines[1:]] == [[-8, -4], [-4]]
    # The mean of the one that was dropped, and its cross.
    assert [np.asarray(line.get_ydata()).tolist() for line in second.lines[1:]] == [[20], [20]]
    assert first.get_ylim() == second.get_ylim()


@pytest.mark.parametrize(
    "change",
    [
        {"answer": []},
        {"lanes": [{"name": "flip", "kimg": [2], "differences": [], "dropped": False}]},
        {"lanes": [{"name": "flip", "kimg": ["x"], "differences": [[1]], "dropped": False}]},
        {"last": [1]},
        {"cuts": 3},
    ],
)
def test_what_cannot_be_read_is_left_out(tmp_path: Path, change: dict[str, Any]) -> None:
    folder = race(tmp_path / "race", {**VALUES, **change})
    assert read_races(read_runs([str(folder)])) == []
    (folder / ANSWER).write_text("[")
    assert read_races(read_runs([str(folder)])) == []
