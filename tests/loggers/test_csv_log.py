from __future__ import annotations

from pathlib import Path

import pytest

from project.loggers.csv_log import CSVLog


@pytest.fixture
def log(tmp_path: Path) -> CSVLog:
    return CSVLog(save_dir=tmp_path)


def lines(log: CSVLog) -> list[str]:
    return log.path.read_text().splitlines()


def test_one_row_per_batch_one_column_per_curve(log: CSVLog) -> None:
    log.log_metrics({"L_D": 0.5, "L_G": 1.25}, step=10)
    log.log_metrics({"L_D": 0.25, "L_G": 1.5}, step=20)
    assert lines(log) == ["batch,L_D,L_G", "10,0.5,1.25", "20,0.25,1.5"]
    assert log.path.name == "metrics.csv"


def test_columns_may_come_later(log: CSVLog) -> None:
    log.log_metrics({"a": 1}, step=1)
    log.log_metrics({"b": 2}, step=2)
    log.log_metrics({"a": 3, "c": 4, "b": 5}, step=3)
    log.log_metrics({"a": 6}, step=4)
    assert lines(log) == ["batch,a,b,c", "1,1,,", "2,,2,", "3,3,5,4", "4,6,,"]


def test_what_is_logged_at_one_batch_shares_its_row(log: CSVLog) -> None:
    log.log_metrics({"a": 1}, step=1)
    log.log_metrics({"a": 2}, step=2)
    log.log_metrics({"score": 7}, step=2)
    log.log_metrics({"a": 3}, step=3)
    assert lines(log) == ["batch,a,score", "1,1,", "2,2,7", "3,3,"]


def test_numbers_keep_nine_digits(log: CSVLog) -> None:
    log.log_metrics({"x": 1 / 3, "images": 600_000, "small": 1e-12, "bad": float("nan")}, step=1)
    assert lines(log)[1] == "1,0.333333333,600000,1e-12,nan"


def test_the_file_is_whole_after_every_row(log: CSVLog) -> None:
    for step in range(1, 6):
        log.log_metrics({"a": step}, step=step)
        assert lines(log) == ["batch,a", *(f"{i},{i}" for i in range(1, step + 1))]
    assert [path.name for path in log.path.parent.iterdir()] == ["metrics.csv"]


def test_a_resumed_run_forgets_what_it_will_write_again(log: CSVLog) -> None:
    for step in (10, 20, 30, 40):
        log.log_metrics({"a": step}, step=step)
    log.forget_after(20)
    assert lines(log) == ["batch,a", "10,10", "20,20"]
    log.log_metrics({"a": 31}, step=30)
    assert lines(log) == ["batch,a", "10,10", "20,20", "30,31"]
    log.forget_after(100)
    assert lines(log) == ["batch,a", "10,10", "20,20", "30,31"]
    log.forget_after(0)
    assert lines(log) == ["batch,a"]


def test_a_reopened_file_goes_on(log: CSVLog) -> None:
    log.log_metrics({"a": 1, "b": 2}, step=10)
    log.log_metrics({"a": 3}, step=20)
    again = CSVLog(save_dir=log.path.parent)
    assert lines(again) == lines(log)
    again.log_metrics({"c": 4}, step=20)
    again.log_metrics({"b": 5}, step=30)
    assert lines(again) == ["batch,a,b,c", "10,1,2,", "20,3,,4", "30,,5,"]


def test_resumed_and_reopened_no_row_is_doubled(log: CSVLog) -> None:
    def train(to: CSVLog, steps: range) -> None:
        for step in steps:
            to.log_metrics({"a": step}, step=step)
            if step % 4 == 0:
                to.log_metrics({"score": step}, step=step)

    train(log, range(1, 9))
    whole = lines(log)
    again = CSVLog(save_dir=log.path.parent)
    again.forget_after(4)
    train(again, range(5, 9))
    assert lines(again) == whole


def test_a_row_that_a_full_disk_cut_is_none(log: CSVLog) -> None:
    for step in (10, 20):
        log.log_metrics({"a": step, "b": step}, step=step)
    whole = log.path.read_bytes()
    with log.path.open("ab") as file:
        file.write(b"3")  # of 30
    again = CSVLog(save_dir=log.path.parent)
    again.forget_after(20)
    again.log_metrics({"a": 30, "b": 30}, step=30)
    assert log.path.read_bytes() == whole + b"30,30,30\r\n"


def test_a_name_with_a_comma_stays_one_column(log: CSVLog) -> None:
    log.log_metrics({"a,b": 1}, step=1)
    assert CSVLog(save_dir=log.path.parent).columns == ["batch", "a,b"]
