"""Study C through the command line: training, resume, generating, and what goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny import (
    KILLED_AT_BATCH,
    assert_same_weights,
    result_of,
    rows_of,
    run_apart,
    run_here,
    weights_of,
)
from tiny_digit_runs import TINY_DIGITS

from project import generate
from project.cli.sentences import explain
from project.data.digits import Digits
from project.run import main
from project.runs import run_folder

TINY = [
    *TINY_DIGITS,
    "batches=5",
    "epoch_batches=2",
    "callbacks.losses.every_n_batches=1",
    "callbacks.checkpoint.every_n_epochs=1",
    "callbacks.score.images=40",
    "callbacks.score.worst_from=3",
]
FAITHFUL = ["experiment=reversed_digits", *TINY]
STABLE = ["experiment=reversed_digits_stable", *TINY, "module.R1_every=2"]
both = pytest.mark.parametrize("words", [FAITHFUL, STABLE], ids=["faithful", "stable"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the judges are trained once for all tests."""
    return tmp_path_factory.mktemp("reversed")


def run(words: Sequence[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    run_here(main, words, monkeypatch)
    runs = home / "outputs" / words[0].removeprefix("experiment=")
    return max(runs.iterdir(), key=lambda path: path.stat().st_mtime_ns)


def test_eights_leave_tables_pictures_curves_and_scores(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = run(FAITHFUL, home, monkeypatch)
    assert "1,687,217" in capsys.readouterr().err
    result = result_of(folder)
    assert result["status"] == "finished"
    names = {path.name for path in folder.iterdir()}
    assert {"networks.txt", "losses.png", "scores.png", "metrics.csv", "last.ckpt"} <= names
    rows = rows_of(folder)
    assert [row["batch"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert all(row["L_D"] and row["L_G"] for row in rows)
    scored = [row["batch"] for row in rows if row["scores/digits/judge_accuracy"]]
    assert scored == ["2", "4", "5"]
    scores = result["scores"]["digits"]
    assert {"judge_accuracy", "digit_distance", "mean_absolute_error"} <= set(scores)
    assert float(rows[-1]["scores/digits/mean_absolute_error"]) == pytest.approx(
        scores["mean_absolute_error"], rel=1e-6
    )
    assert float(rows[-1]["scores/digits/judge_accuracy"]) == pytest.approx(
        scores["judge_accuracy"], rel=1e-6
    )
    # Batch 2 is before the 3rd, from which on the worst is looked for.
    late = [float(row["scores/digits/judge_accuracy"]) for row in (rows[3], rows[4])]
    assert result["worst"]["digits"]["judge_accuracy"] == pytest.approx(min(late), rel=1e-6)
    assert result["worst"]["digits"]["batch"] in (4, 5)


@both
def test_killed_and_resumed_ends_the_same(
    words: list[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run([*words, "seed=3"], home, monkeypatch)
    killed = run_apart(
        ["-c", KILLED_AT_BATCH.format(batch=3, signal="SIGKILL")], [*words, "seed=3"], home
    )
    assert killed.returncode == -9, killed.stderr
    folder = max(whole.parent.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    assert folder != whole
    assert result_of(folder)["status"] == "running"
    run_here(main, [f"resume={folder}"], monkeypatch)
    assert_same_weights(whole, folder)
    assert rows_of(whole) == rows_of(folder)
    assert result_of(whole)["scores"] == result_of(folder)["scores"]
    assert result_of(whole)["worst"] == result_of(folder)["worst"]


def test_scoring_never_disturbs_the_training(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    often = run(STABLE, home, monkeypatch)
    seldom = run([*STABLE, "callbacks.score.every_n_epochs=0"], home, monkeypatch)
    assert often != seldom
    assert_same_weights(often, seldom)


@both
def test_generate_turns_test_images(
    words: list[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run(words, home, monkeypatch)
    run_here(generate.main, [f"run={folder}", "n=6", "seed=2"], monkeypatch)
    test_images = Digits(
        digits="all", split="test", n=None, size=28, seed=0, on_corrupt="stop",
        cache=home / ".cache",
    ).load()  # fmt: skip
    wanted = {8} if words is FAITHFUL else set(range(10))
    there = {
        image.tobytes(): int(label)
        for image, label in zip(test_images.images, test_images.labels[:, 0], strict=True)
    }
    made = sorted((folder / "generated").glob("0*.png"))
    assert len(made) == 6
    for path in made:
        with Image.open(path) as picture:
            pixels = np.array(picture)
        assert pixels.shape == (28, 56)
        assert there[np.ascontiguousarray(pixels[:, :28]).tobytes()] in wanted


def test_switches_change_the_training(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = weights_of(run(STABLE, home, monkeypatch))
    for switch in (
        ["module.adversarial._target_=project.losses.adversarial.Hinge", "module.R1=0"],
        ["module.L_G=0", "module.L_C=0", "module.L_1=1", "module.halve_after=null"],
        ["network.pack=1", "network.spectral=true", "network.pair=true"],
        ["network.classes=1", "module.L_wrong=0"],
    ):
        other = weights_of(run([*STABLE, *switch], home, monkeypatch))
        changed = [
            not value.equal(other[name])
            for name, value in plain.items()
            if name.startswith("generator.")
        ]
        assert any(changed), switch


BAD = [
    ([*FAITHFUL, "digits=[]"], "digits is an empty list"),
    ([*STABLE, "network.classes=1"], "network.classes=1 is not allowed with module.L_wrong="),
    ([*FAITHFUL, "digits=[8,11]"], "11"),
    ([*FAITHFUL, "digits=eight"], "eight"),
    (
        [*FAITHFUL, "data=faces"],
        "data=faces has no 'digits', which this experiment sets. Allowed: data=digits, data=mnist.",
    ),
    ([*FAITHFUL, "size=32"], "size=32 does not fit the digit networks"),
    ([*FAITHFUL, "batches=0"], "batches=0 is not allowed"),
    ([*FAITHFUL, "epoch_batches=0"], "epoch_batches=0 is not allowed"),
    ([*FAITHFUL, "scored_weights=averge"], "Did you mean 'average'"),
    ([*STABLE, "module.halve_after=0"], "module.halve_after=0 is not allowed"),
    ([*STABLE, "module.shift_pixels=-1"], "module.shift_pixels=-1 is not allowed"),
    ([*STABLE, "network.dropout=1.5"], "from 0 to less than 1"),
    ([*STABLE, "network.pack=0"], "network.pack=0 is not allowed"),
]


@pytest.mark.parametrize(("words", "sentence"), BAD, ids=lambda value: str(value)[-40:])
def test_bad_input_is_answered_in_a_sentence(
    words: Sequence[str], sentence: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    before = list(home.glob("outputs/reversed*/*"))
    with pytest.raises(Exception) as caught:  # noqa: PT011
        run_here(main, words, monkeypatch)
    told = explain(caught.value, words)
    assert told is not None
    assert sentence in told
    assert list(home.glob("outputs/reversed*/*")) == before


def test_an_unknown_judge_leaves_nothing_behind(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [*FAITHFUL, "callbacks.score.held_out=judge_x"]
    before = list(home.glob("outputs/reversed*/*"))
    with pytest.raises(Exception, match="'judge_x' among them"):
        run(words, home, monkeypatch)
    assert list(home.glob("outputs/reversed*/*")) == before


def test_a_run_of_another_study_has_no_generator(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(FAITHFUL, home, monkeypatch)
    judge = next((home / "outputs" / "digit_judge").iterdir())
    assert run_folder.require(judge)["status"] == "finished"
    with pytest.raises(Exception, match="has no generator: it is a run of another kind of study"):
        run_here(generate.main, [f"run={judge}"], monkeypatch)
    assert not (judge / "generated").exists()
