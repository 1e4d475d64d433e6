"""Sweeps: one command, killed and continued, and told of."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from tiny import KILLED_AT_BATCH, TINY, assert_same_weights, result_of, run_apart, run_here

from project.errors import UserError
from project.run import main

SHORT = [*TINY, "epochs=2", "trainer.limit_train_batches=2", "score_every=0"]


def killed(words: list[str], folder: Path, batch: int, signal: str = "SIGKILL") -> Any:
    return run_apart(["-c", KILLED_AT_BATCH.format(batch=batch, signal=signal)], words, folder)


def runs_of(folder: Path) -> list[Path]:
    """Returns the runs of the only sweep in ``folder``, oldest first."""
    found = [path.parent for path in folder.glob("multirun/*/*/result.json")]
    assert len({run.parent for run in found}) == 1
    return sorted(found)


def conditions_of(folder: Path) -> Counter[str]:
    results = map(result_of, runs_of(folder))
    return Counter(f"{r['sweep']['condition']} {r['seed']} {r['status']}" for r in results)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep that nobody disturbed, with a kind that needs the GAN of the originals."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        run_here(main, ["-m", *TINY, "da=gen,none"], monkeypatch)
    return folder


def test_what_others_need_is_run_first_and_once(whole: Path) -> None:
    none, gen = runs_of(whole)
    assert conditions_of(whole) == {"da=gen 0 finished": 1, "da=none 0 finished": 1}
    assert result_of(none)["sweep"]["condition"] == "da=none"
    assert whole / result_of(gen)["prerequisites"]["generator"] == none
    assert not (whole / "outputs").exists()


def test_a_job_is_written_down_as_a_run_of_its_own(whole: Path) -> None:
    for run, da in zip(runs_of(whole), ("da=none", "da=gen"), strict=True):
        assert result_of(run)["overrides"] == [*TINY, da]
        assert run.name.endswith(f"_{da.replace('=', '-')}_seed-0")


@pytest.mark.parametrize("batches", [(6, 20), (3, 20)])
def test_killed_twice_and_continued_it_ends_the_same(
    batches: tuple[int, int], whole: Path, tmp_path: Path
) -> None:
    words = ["-m", *TINY, "da=gen,none"]
    for batch in batches:
        assert killed(words, tmp_path, batch).returncode == -9
    assert "running" in str(conditions_of(tmp_path))
    done = run_apart(["-m", "project.run"], words, tmp_path)
    assert done.returncode == 0, done.stderr
    for run, undisturbed in zip(runs_of(tmp_path), runs_of(whole), strict=True):
        assert_same_weights(run, undisturbed)
        assert result_of(run)["scores"] == result_of(undisturbed)["scores"]
    # Killed before its first checkpoint, a run is begun anew; after it, it is resumed.
    aside = list(tmp_path.glob("multirun/set_aside/*/*/result.json"))
    assert len(aside) == batches.count(3)
    assert {result_of(path.parent)["status"] for path in aside} <= {"running"}


def test_the_plan_comes_first_and_knows_what_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_here(main, ["-m", *SHORT, "da=flip,none", "seed=0"], monkeypatch)
    told = capsys.readouterr()
    assert "2 jobs in multirun/" in told.err
    assert ": 2 to do. How long it takes is known after the first job." in told.err
    run_here(main, ["-m", *SHORT, "da=flip,none", "seeds=2"], monkeypatch)
    told = capsys.readouterr()
    assert re.search(r"4 jobs in multirun/\S+: 2 done, 2 to do\. About \d+ s left\.", told.err)
    assert told.err.index("4 jobs in") < told.err.index("job 2 of 4")
    assert "job 1 of 4" not in told.err
    table = told.out.partition("collapsed")[0].split()
    assert [table.count(word) for word in ("da=flip", "of")] == [1, 2]
    assert re.search(r"report  python -m project\.report runs=multirun/\S+$", told.out.strip())
    before = {run: (run / "result.json").read_bytes() for run in runs_of(tmp_path)}
    run_here(main, ["-m", *SHORT, "da=flip,none", "seed=range(2)"], monkeypatch)
    assert ": 4 done." in capsys.readouterr().err
    assert before == {run: (run / "result.json").read_bytes() for run in runs_of(tmp_path)}


def test_a_failed_job_does_not_end_the_sweep_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["-m", *SHORT, "module.d_optimizer.lr=1e-4,1e30,2e-4"]
    for attempt in range(2):
        with pytest.raises(UserError, match=r"^1 of 3 jobs failed; .*\n.*lr=1e\+30: L_\w+ is NaN"):
            run_here(main, words, monkeypatch)
        assert (
            sorted(conditions_of(tmp_path))
            == [
                "module.d_optimizer.lr=0.0001 0 finished",
                "module.d_optimizer.lr=1e+30 0 failed",
                "module.d_optimizer.lr=0.0002 0 finished",
            ]
            or len(conditions_of(tmp_path)) == 3
        )
        assert len(list(tmp_path.glob("multirun/set_aside/*/*"))) == attempt
    assert "2 done, 1 to do" in capsys.readouterr().err


def test_what_is_not_possible_is_told_before_anything_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"1 of 2 jobs failed.*\n  da\.size=-1: da\.size=-1 is"):
        run_here(main, ["-m", *SHORT, "da=flip", "da.size=-1,8"], monkeypatch)
    told = capsys.readouterr().err
    assert "1 to do, 1 not possible" in told
    assert told.index("not possible: da.size=-1: da.size=-1 is") < told.index("job 2 of 2")
    assert len(runs_of(tmp_path)) == 1


def test_where_nothing_is_possible_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"^ratio=1:1 has 2 part"):
        run_here(main, ["-m", *SHORT, "da=flip,none", "ratio=1:1"], monkeypatch)
    assert not (tmp_path / "multirun").exists()


def test_what_another_process_does_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    killed(["-m", *TINY, "da=flip,none"], tmp_path, 10)
    (run,) = runs_of(tmp_path)
    with FileLock(run / ".lock"):
        run_here(main, ["-m", *TINY, "da=flip,none"], monkeypatch)
        told = capsys.readouterr().err
        assert "1 to do, 1 elsewhere" in told
        assert "1 jobs are in the hands of another process." in told
        with pytest.raises(UserError, match="is being trained by another process"):
            run_here(main, [f"resume={run}"], monkeypatch)
    before = result_of(run)
    assert before["status"] == "running"
    # Resumed by hand, it stays one of the sweep's.
    run_here(main, [f"resume={run}"], monkeypatch)
    after = result_of(run)
    assert (after["status"], after["sweep"]) == ("finished", before["sweep"])
    assert after["sweep"]["name"] == run.parent.name


def test_an_interrupted_sweep_says_how_it_goes_on(tmp_path: Path) -> None:
    done = killed(["-m", *TINY, "da=flip,none"], tmp_path, 6, "SIGTERM")
    assert done.returncode == 143
    assert "The sweep ended in job 1 of 2. Started again with the same words" in done.stderr
    (run,) = runs_of(tmp_path)
    assert result_of(run)["status"] == "interrupted"


def test_a_prerequisite_that_was_killed_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    killed([*TINY, "da=gen"], tmp_path, 6)
    run_here(main, [*TINY, "da=gen"], monkeypatch)
    results = [json.loads(p.read_text()) for p in tmp_path.glob("outputs/*/*/result.json")]
    resumed = {r["resumed"]: [w for w in r["overrides"] if w.startswith("da=")] for r in results}
    assert len(results) == 2
    assert resumed == {False: ["da=gen"], True: ["da=none"]}
