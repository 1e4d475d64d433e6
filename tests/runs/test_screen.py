from __future__ import annotations

import pytest
from rich.console import Console

from project.runs.screen import score_tables

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


def test_a_run_without_scores_has_no_table() -> None:
    assert score_tables({"status": "finished"}) == []
