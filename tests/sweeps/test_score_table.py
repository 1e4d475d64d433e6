from __future__ import annotations

import json
from pathlib import Path

import pytest

from project.sweeps.command_line import Job
from project.sweeps.plan import Planned
from project.sweeps.score_table import print_table


def finished(folder: Path, key: str, scores: dict[str, dict[str, float]]) -> Planned:
    folder.mkdir()
    (folder / "last.ckpt").touch()
    result = {
        "status": "finished",
        "config_hash": key,
        "scores": scores,
        "scored": {"lite": {"names": {"brightness_gap": {}}}},
    }
    (folder / "result.json").write_text(json.dumps(result))
    return Planned(Job((), "da=flip"), key)


def cells(told: str) -> list[list[str]]:
    lines = [line.replace("┃", "│") for line in told.splitlines() if line[:1] in "│┃"]
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines]


def test_a_condition_has_its_mean_and_the_network_stands_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = {"fid": 10.0, "sharpness": 1.0, "brightness_gap": 2}
    jobs = [
        finished(tmp_path / "0", "a", {"lite": scores}),
        finished(tmp_path / "1", "b", {"lite": {"fid": 13.0}}),
        Planned(Job((), "da=none"), "c"),
    ]
    print_table(jobs, tmp_path)
    told = capsys.readouterr().out
    title = told.partition("┏")[0].split()
    assert title == ["Means", "over", "the", "finished", "runs,", "by", "lite"]
    assert cells(told) == [
        ["", "", "brightness_", ""],
        ["condition", "runs", "gap", "fid"],
        ["da=flip", "2 of 2", "2.0000", "11.5000"],
        ["da=none", "0 of 1", "", ""],
    ]


def test_where_images_hardly_vary_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = [
        finished(tmp_path / "0", "a", {"lite": {"precision": 1.0, "coverage": 0.021}}),
        finished(tmp_path / "1", "b", {"lite": {"precision": 1.0, "coverage": 0.04}}),
        finished(tmp_path / "2", "c", {"lite": {"precision": 0.7, "coverage": 0.05}}),
    ]
    jobs[2] = Planned(Job((), "da=none"), "c")
    print_table(jobs, tmp_path)
    *_, last = capsys.readouterr().out.splitlines()
    assert "coverage down to 0.02, below 0.05" in last
    assert "precision says nothing of them" in last
    assert last.endswith("So in da=flip (2).")


def test_two_networks_each_have_their_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = {"lite": {"fid": 10.0}, "inception": {"fid": 20.0}}
    print_table([finished(tmp_path / "0", "a", scores)], tmp_path)
    told = capsys.readouterr().out
    words = told.split()
    assert [words[i + 1] for i, word in enumerate(words) if word == "by"] == ["inception", "lite"]
    heads = ["condition", "runs", "fid"]
    rows = [["da=flip", "1 of 1", "20.0000"], ["da=flip", "1 of 1", "10.0000"]]
    assert cells(told) == [heads, rows[0], heads, rows[1]]


def test_nothing_is_cut_at_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    names = ["inception_score", "fid", "kid", "wanted_class_probability"]
    finished(tmp_path / "0", "a", {"lite": dict.fromkeys(names, 123.4567)})
    print_table([Planned(Job((), "da=[contrast,flip] da.size=2000"), "a")], tmp_path)
    told = cells(capsys.readouterr().out)
    columns = ["".join(parts) for parts in zip(*told, strict=True)]
    assert columns[0].removeprefix("condition") == "da=[contrast,flip]da.size=2000"
    assert sorted(column.removesuffix("123.4567") for column in columns[2:]) == sorted(names)
