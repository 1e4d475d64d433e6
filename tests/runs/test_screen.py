from __future__ import annotations

import pytest
from rich.console import Console

from project.runs.screen import flags_of, score_tables

RESULT = {
    "scores": {"attributes": {"p_both": 0.9061, "p_both_low": 0.8912, "p_both_high": 0.9249}},
    "scores_average": {"attributes": {"p_both": 0.5, "diversity": 1.25}},
    "reference": {"labels": {"p_both": 0.118}},
}


def test_whose_scores_they_are_stands_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    by_network, by_labels = score_tables(RESULT)
    Console(width=80).print(by_network, by_labels)
    told = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("│")
    ]
    assert [column.header for column in by_network.columns] == ["score", "last", "moving average"]
    assert [column.header for column in by_labels.columns] == ["score", "real images"]
    assert told == [
        ["p_both", "0.91 [0.89, 0.92]", "0.5000"],
        ["diversity", "-", "1.2500"],
        ["p_both", "0.1180"],
    ]


def test_no_name_and_no_number_is_cut_at_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["fid", "inception_score_10_std", "nearest_train_distance_ratio"]
    row = dict.fromkeys(names, 123.4567)
    rows = {"training": row, "held_out": row}
    result = {"scores": {"net": row}, "scores_average": {"net": row}, "references": {"net": rows}}
    Console(width=80).print(*score_tables(result))
    told = [line.split() for line in capsys.readouterr().out.splitlines() if "123" in line]
    assert [line[1] for line in told] == names
    assert all(line[3::2] == ["123.4567"] * 4 for line in told)


def test_real_images_stand_below_after_each_da_kind() -> None:
    row = {"fid": 1.0, "inception_score_10": 2.0, "recall": 0.5}
    rows = {"training": row, "held_out": row, "flip": row, "invert": row | {"fid": 80.0}}
    scored, treated = score_tables({"scores": {"net": row}, "references": {"net": rows}})
    assert len(scored.columns) == 4
    cells = {column.header: list(column.cells) for column in treated.columns}
    assert cells == {
        "kind": ["flip", "invert"],
        "fid": ["1.0000", "80.0000"],
        "inception_score_10": ["2.0000", "2.0000"],
    }


def test_what_is_wrong_with_both_is_told_once() -> None:
    grey = {"net": {"coverage": 0.0, "precision": 1.0}}
    (flag,) = flags_of({"scores": grey, "scores_average": grey})
    assert flag.startswith("last and moving average, by net: collapsed, or unlike real images?")
    apart = {"scores": grey, "scores_average": {"net": {"coverage": 0.01}}}
    assert [flag.split(",")[0] for flag in flags_of(apart)] == ["last", "moving average"]


def test_a_run_without_scores_has_no_table() -> None:
    assert score_tables({"status": "finished"}) == []
