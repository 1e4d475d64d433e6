"""`python -m project.evaluate`: any images, from this project or not."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tiny import TINY, only_run, run_apart, run_here

from project import evaluate
from project.cli.sentences import explain
from project.errors import UserError
from project.evaluation.inputs import check
from project.run import main

LITE = "backbone=efficientnet_lite0"
MEASURES = {"inception_score", "inception_score_10", "fid", "kid", "kid_error", "precision"}
MEASURES |= {"recall", "density", "coverage", "nearest_train_distance_ratio", "leak_invert"}


def save_images(folder: Path, count: int, seed: int) -> Path:
    """Blobs on a gradient: light above, dark below."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for i in range(count):
        image = np.linspace(220, 20, 24)[:, None, None] * np.ones((24, 24, 3))
        y, x = rng.integers(0, 16, 2)
        image[y : y + 8, x : x + 8] = rng.integers(0, 256, 3)
        Image.fromarray(image.astype(np.uint8)).save(folder / f"{i:02d}.png")
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scores_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "scores.json").read_text())
    return found


def test_any_folder_against_any_other(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save_images(here / "made [1]", 12, 0)
    save_images(here / "real", 14, 1)
    save_images(here / "others", 11, 2)
    words = ["images=made [1]", "reference=real", "held_out=others", LITE]
    asked = ["wanted_class=[Pomeranian]", "wanted_backbone.weights=none.pth", "pairs=3"]
    run_here(evaluate.main, [*words, *asked], monkeypatch)
    (folder,) = (here / "outputs" / "evaluate").iterdir()
    found = scores_of(folder)
    scores = found["scores"]["efficientnet_lite0"]["images"]
    assert set(scores) >= MEASURES
    rows = found["references"]["efficientnet_lite0"]
    assert list(rows)[:2] == ["training", "held_out"]
    assert {"contrast", "flip", "invert", "vflip", "cutout", "rotation"} <= set(rows)
    assert found["counts"]["images"] == found["counts"]["vflip"] == 12
    assert found["wanted_class"]["backbone"] == "efficientnet_lite0"
    assert sum(found["wanted_class"]["histogram"]["images"]) == 12
    assert {path.name for path in folder.iterdir()} == {
        "scores.json",
        "nearest_pairs_images.png",
        "wanted_class.png",
    }
    with Image.open(folder / "nearest_pairs_images.png") as pairs:
        # Three pairs of 24 pixels, enlarged twice.
        assert pairs.size == (3 * 48, 2 * 48)
    said = capsys.readouterr()
    assert "more is better" in said.out
    assert "less is better" in said.out
    assert "similar" in said.out
    assert "is asked for the wanted class" in said.err
    # Again: another folder, the same scores.
    run_here(evaluate.main, [*words, *asked], monkeypatch)
    folders = sorted((here / "outputs" / "evaluate").iterdir())
    assert len(folders) == 2
    assert scores_of(folders[0])["scores"] == scores_of(folders[1])["scores"]


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ([], ["efficientnet_lite0"]),
        (["wanted_class=[Pomeranian]"], ["resnet50", "efficientnet_lite0"]),
        (["wanted_backbone.batch_size=8"], ["resnet50", "efficientnet_lite0"]),
    ],
)
def test_resnet50_has_no_part_in_it_unless_asked(
    here: Path, named: list[str], asked: list[str]
) -> None:
    save_images(here / "images", 12, 0)
    words = ["images=images", "reference=images", LITE, *named]
    checked = check(evaluate.read_words(words), words)
    assert [backbone.name for backbone in checked.asked] == asked


def test_a_run_against_its_own_data(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_here(main, [*TINY, "epochs=1", "score_every=0"], monkeypatch)
    run = only_run(here / "outputs")
    words = [f"run={run}", "n=10", "references=untreated"]
    run_here(evaluate.main, words, monkeypatch)
    run_here(evaluate.main, words, monkeypatch)
    found = scores_of(run / "evaluation")
    assert (run / "evaluation_2" / "scores.json").is_file()
    trained = json.loads((run / "result.json").read_text())
    # The same noise, images and measures as at the end of the training.
    own = found["scores"]["efficientnet_lite0"]
    for row, kind in (("generator", "scores"), ("average", "scores_average")):
        wanted = trained[kind]["efficientnet_lite0"]
        assert own[row] == pytest.approx(wanted, rel=1e-4, abs=1e-6)
    wanted_rows = trained["references"]["efficientnet_lite0"]
    assert list(wanted_rows) == ["training", "held_out"]
    assert found["references"]["efficientnet_lite0"] == wanted_rows
    assert "no sign of copies" in capsys.readouterr().out
    # Other pictures than it was trained on are no measure of it.
    trained["data"]["fingerprint"] = "of others"
    (run / "result.json").write_text(json.dumps(trained))
    with pytest.raises(UserError, match=r"does not give the images any more .*reference=<folder>"):
        run_here(evaluate.main, words, monkeypatch)
    del trained["data"]["fingerprint"]
    (run / "result.json").write_text(json.dumps(trained))
    # A training that diverged: nothing is scored, and nothing is left behind.
    saved = torch.load(run / "last.ckpt", weights_only=True)
    for name, value in saved["state_dict"].items():
        if name.startswith("generator.") and value.is_floating_point():
            value.fill_(torch.nan)
    torch.save(saved, run / "last.ckpt")
    with pytest.raises(UserError, match="10 of 10 generated images hold NaN pixels"):
        run_here(evaluate.main, words, monkeypatch)
    assert not (run / "evaluation_3").exists()


BAD = [
    ([], "Name what is to be scored: run=<run folder>, or images="),
    (["images=real", "run=real"], "Name what is to be scored"),
    (["images=real"], "reference=<folder>"),
    (["run=real"], "real is not a run folder"),
    (["imagse=real"], "'imagse' is not a key of project.evaluate. Did you mean 'images'"),
    (["images=nowhere", "reference=real"], "nowhere does not exist"),
    (["images=few", "reference=real"], "The 3 images in few .images. are fewer than the 10"),
    (["images=real", "reference=few"], "The 3 images in few .reference. are fewer than the 10"),
    (["images=real", "reference=real", "held_out=few"], "in few .held_out. are fewer than the 10"),
    (["images=grey", "reference=real"], "are grey"),
    (["images=broken", "reference=real"], "2 of the 2 images in broken .images. cannot be read"),
    (["images=mixed", "reference=real"], "are of 2 sizes"),
    (["images=real", "reference=real", "size=0"], "size=0 is not allowed"),
    (["images=real", "reference=real", "out=real"], "out=real is not empty"),
    (["images=real", "reference=real", "out=real/00.png/x"], "written to .*: out=<folder>"),
    (["images=real", "reference=real", "seed=abc"], "seed=abc is not allowed"),
    (["images=real", "reference=real", "paths.outputs=[a]"], "paths.outputs=.* Give one folder"),
    (["images=real", "reference="], "reference= names no folder"),
    (["images=real", "reference=real", "metrics.neighbours=0"], "are not allowed together"),
    (["images=real", "reference=real", LITE, "wanted_class=[Pug,Dgo]"], "names 'Dgo'"),
    (["images=real", "reference=real", "backbone.weights=none.pth"], "none.pth is no file"),
    (["images=real", "reference=real", LITE, "backbone.sha256=00"], "have the sha256"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=lambda value: str(value)[-40:])
def test_bad_input_is_one_sentence_and_leaves_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch, words: Sequence[str], said: str
) -> None:
    save_images(here / "real", 12, 0)
    save_images(here / "few", 3, 0)
    save_images(here / "mixed", 12, 0)
    Image.new("RGB", (9, 9)).save(here / "mixed" / "small.png")
    for name in ("grey", "broken"):
        (here / name).mkdir()
        for i in range(2):
            Image.new("L", (9, 9)).save(here / name / f"{i}.png")
    for path in (here / "broken").iterdir():
        path.write_bytes(b"")
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- the sentence is checked below
        run_here(evaluate.main, words, monkeypatch)
    assert re.search(said, explain(caught.value, words) or "")
    assert not (here / "outputs").exists()


def test_digits_are_not_scored_by_an_imagenet_network(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [
        "experiment=digit_classifier",
        "data=digits",
        "epochs=1",
        "logger=csv",
        "trainer=smoke",
    ]
    run_here(main, words, monkeypatch)
    run = only_run(here / "outputs")
    with pytest.raises(UserError, match="Digits are scored by the digit judges"):
        run_here(evaluate.main, [f"run={run}", LITE], monkeypatch)


def test_exit_code_and_no_traceback(here: Path) -> None:
    done = run_apart(["-m", "project.evaluate"], ["images=nowhere", "reference=x"], here)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.strip().splitlines()) == 1


def test_help(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    run_here(evaluate.main, ["--help"], monkeypatch)
    assert "images=<folder> reference=" in capsys.readouterr().out
