"""`best=fid`: a checkpoint that is chosen by its score, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import TINY, assert_same_weights, result_of, rows_of, run_here

from project import evaluate, generate
from project.errors import UserError
from project.run import main

BEST = [*TINY, "network.base_channels=2", "score_every=1"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One run without, one with."""
    folder = tmp_path_factory.mktemp("best")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run_here(main, BEST, patch)
        run_here(main, [*BEST, "best=kid_held_out"], patch)
    runs = [file.parent for file in folder.glob("outputs/*/*/result.json")]
    finished = {"best" in result_of(run): run for run in runs}
    return finished[False], finished[True]


def test_it_looks_on_and_says_what_it_is(runs: tuple[Path, Path]) -> None:
    without, with_best = runs
    assert_same_weights(without, with_best)
    results = [result_of(run) for run in runs]
    assert results[0]["config_hash"] == results[1]["config_hash"]
    assert results[0]["scores_average"] == results[1]["scores_average"]
    assert "best" not in results[0]
    column = "scores_average/efficientnet_lite0/kid_held_out"
    values = [float(row[column]) for row in rows_of(with_best) if row[column]]
    told = results[1]["best"]
    assert told["value"] == pytest.approx(min(values))
    assert (told["epoch"], told["scorings"]) == (values.index(min(values)) + 1, 4)
    assert [file.name for file in with_best.glob("best*")] == [told["file"]]
    assert told["file"].endswith("_luckiest_of_4.ckpt")


def test_it_makes_images_and_is_scored(
    runs: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    without, with_best = runs
    made = tmp_path / "made"
    words = [f"run={with_best}", "weights=best", "n=2", f"out={made}"]
    run_here(generate.main, words, monkeypatch)
    assert len(list(made.glob("*.png"))) == 2
    assert "the luckiest of 4 scorings by kid_held_out" in capsys.readouterr().out
    with pytest.raises(UserError, match=r"kept no best checkpoint.*best=<score>"):
        run_here(generate.main, [f"run={without}", "weights=best"], monkeypatch)
    with pytest.raises(UserError, match="kept no best checkpoint"):
        run_here(evaluate.main, [f"run={without}", "weights=best"], monkeypatch)
    monkeypatch.chdir(with_best.parents[2])
    scored = tmp_path / "scored"
    words = [f"run={with_best}", "weights=best", "n=10", f"out={scored}", "pairs=2"]
    run_here(evaluate.main, words, monkeypatch)
    assert (scored / "nearest_pairs_luckiest_of_4.png").is_file()
    assert '"luckiest_of_4"' in (scored / "scores.json").read_text()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["best=fit"], r"best=fit names no score.*Did you mean 'fid'\?"),
        (["best=sharpness"], "best=sharpness has no way that is better"),
        (["best=inception_score"], "best=inception_score is read both ways"),
        (["best=p_both"], "best=p_both names no score of this run"),
        (["n=null", "best=kid_held_out"], r"best=kid_held_out names no score.*fid, kid,"),
    ],
)
def test_bad_names_are_told_before_there_is_a_run(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=sentence):
        run_here(main, [*BEST, *words], monkeypatch)
    assert not list(tmp_path.glob("outputs/*/*"))
