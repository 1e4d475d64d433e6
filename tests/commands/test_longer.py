"""A finished run goes on for longer, and ends as one that was begun so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tiny import TINY, assert_same_weights, result_of, rows_of, run_here
from tiny_digit_runs import TINY_DIGITS

from project.errors import UserError
from project.run import main
from project.runs.identity import config_of
from project.runs.resume import without_lengths

# Neither the losses nor the scores of the third epoch would be logged, were it not the last.
BASE = [word for word in TINY if not word.startswith("epochs=")]
STUDY_A = [*BASE, "callbacks.losses.every_n_batches=5"]
STUDY_B = [
    "experiment=two_feature_alternation",
    "data=faces",
    "data.total=120",
    "data.p_bald=0.4",
    "data.p_beard=0.5",
    "size=32",
    "trainer=cpu",
    "logger=csv",
    "network.base_channels=4",
    "datamodule.batch_size=16",
    "scored_images=30",
    "score_every=4",
    "callbacks.grid.images=4",
    "callbacks.pictures.images=9",
]
STUDY_C = [
    "experiment=reversed_digits",
    *TINY_DIGITS,
    "epoch_batches=2",
    "callbacks.losses.every_n_batches=2",
    "callbacks.score.images=40",
    "callbacks.score.worst_from=2",
]


def run(words: Sequence[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    run_here(main, words, monkeypatch)
    runs = folder / "outputs" / words[0].removeprefix("experiment=")
    return max(runs.iterdir(), key=lambda path: path.stat().st_mtime_ns)


@pytest.mark.parametrize(
    ("words", "short", "long"),
    [
        (STUDY_A, "epochs=3", "epochs=4"),
        # In the middle of an epoch of the longer one; its first end is no end there.
        (STUDY_C, "batches=3", "batches=4"),
        # Epochs 2 and 3 are scored as the last ones.
        (STUDY_B, "epochs=3", "epochs=5"),
    ],
    ids=["A", "C", "B"],
)
def test_a_longer_run_ends_as_one_that_was_begun_so(
    words: list[str], short: str, long: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run([*words, long], tmp_path, monkeypatch)
    folder = run([*words, short], tmp_path, monkeypatch)
    before = (folder / "result.json").read_text()
    assert rows_of(folder) != rows_of(whole)
    run_here(main, [f"resume={folder}", long], monkeypatch)
    assert_same_weights(whole, folder)
    assert rows_of(folder) == rows_of(whole)
    assert list(rows_of(folder)[0]) == list(rows_of(whole)[0])
    ours, theirs = result_of(folder), result_of(whole)
    for key in ("config_hash", "scores", "scored", "worst"):
        assert ours.get(key) == theirs.get(key), key
    assert sorted(ours["overrides"]) == sorted(theirs["overrides"])
    key = long.partition("=")[0]
    assert config_of(folder)[key] == config_of(whole)[key]
    (kept,) = folder.glob("result_epoch_*.json")
    assert kept.read_text() == before


def test_kimg_goes_on_where_the_scorings_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [word for word in BASE if not word.startswith("score_every=")]
    whole = run([*words, "kimg=0.256", "scorings=4"], tmp_path, monkeypatch)
    folder = run([*words, "kimg=0.128", "scorings=2"], tmp_path, monkeypatch)
    with pytest.raises(UserError, match=r"scored after other epochs .* scorings=4, keeps them"):
        run_here(main, [f"resume={folder}", "kimg=0.256"], monkeypatch)
    run_here(main, [f"resume={folder}", "kimg=0.256", "scorings=4"], monkeypatch)
    assert_same_weights(whole, folder)
    assert rows_of(folder) == rows_of(whole)
    assert result_of(folder)["config_hash"] == result_of(whole)["config_hash"]
    for words, reason in (
        (["epochs=4"], "finished after 4 epochs, .* nothing to resume"),
        (["epochs=3"], r"training of 4 epochs, and epochs=3 is a shorter one \(3 epochs\)"),
        (["epochs=5", "da=flip"], r"begun with other settings \(da.kinds.flip"),
    ):
        with pytest.raises(UserError, match=reason):
            run_here(main, [f"resume={folder}", *words], monkeypatch)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["experiment=digit_judge", *TINY_DIGITS], "module.schedule is stretched over the whole"),
        (
            [
                *STUDY_B,
                "stages.plan.alternation.until=0.5",
                "+stages.plan.late={until: 1.0, real: union, G: {L_G: 1.0}, D: {L_D: 1.0}}",
            ],
            "its stages are shares of the length",
        ),
        (
            [*BASE, "da=gen"],
            r"the networks that it needs \(generator\) would be trained longer",
        ),
    ],
    ids=["schedule", "stages", "gen"],
)
def test_what_follows_the_length_is_refused(
    words: list[str], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run([*words, "epochs=2"], tmp_path, monkeypatch)
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    others = sorted(tmp_path.glob("outputs/*/*"))
    with pytest.raises(UserError, match=f"cannot go on as one .* begun with epochs=4: {reason}"):
        run_here(main, [f"resume={folder}", "epochs=4"], monkeypatch)
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert sorted(tmp_path.glob("outputs/*/*")) == others


def test_a_length_stands_in_the_place_of_another() -> None:
    before = ["experiment=da_faces", "epochs=3", "seed=1"]
    assert without_lengths(before, ["kimg=2"]) == ["experiment=da_faces", "seed=1"]
    assert without_lengths(before, ["batches=2"]) == before
    assert without_lengths(before, ["da=flip"]) == before
