"""Study D through the command line: classifier, judges, inversion, and what goes wrong."""

from __future__ import annotations

import gzip
import json
import re
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny import result_of, rows_of, run_here, weights_of
from tiny_digit_runs import TINY_DIGITS, TINY_INVERSION

from project.cli.sentences import explain
from project.run import main

FAITHFUL = ["experiment=classifier_inversion", *TINY_INVERSION]
NOISE = ["experiment=classifier_inversion_noise", *TINY_INVERSION]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the judges are trained once for all tests."""
    return tmp_path_factory.mktemp("digits")


def newest(home: Path, experiment: str) -> Path:
    return max((home / "outputs" / experiment).iterdir(), key=lambda p: p.stat().st_mtime_ns)


def run(words: Sequence[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    run_here(main, words, monkeypatch)
    return newest(home, words[0].removeprefix("experiment="))


def test_an_inversion_trains_what_it_needs_and_leaves_its_pictures(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run(FAITHFUL, home, monkeypatch)
    result = result_of(folder)
    assert result["status"] == "finished"
    assert sorted(result["prerequisites"]) == [
        "classifier", "judge_a", "judge_b", "judge_c", "judge_d"
    ]  # fmt: skip
    scores = result["scores"]["digits"]
    assert {"judge_accuracy", "judge_confidence", "digit_distance"} <= set(scores)
    assert 0 <= scores["judge_accuracy"] <= 1
    assert set(result["reference"]["digits"]) == set(scores)
    assert set(result["classifier_verdict"]) == {"accuracy", "confidence"}
    names = {path.name for path in folder.iterdir()}
    assert {"digits.gif", "losses.png", "metrics.csv", "last.ckpt"} <= names
    assert len(list((folder / "grids").glob("step_*.png"))) == 3
    assert [row["batch"] for row in rows_of(folder)] == ["1", "2", "3", "4", "5", "6"]
    # The classifier's weights are its own run's.
    assert set(weights_of(folder)) == {"images", "wanted"}
    assert weights_of(folder)["images"].shape == (20, 1, 28, 28)


def test_the_classifier_reports_each_class(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["experiment=digit_classifier", "network=classifier_conv", *TINY_DIGITS, "epochs=1"]
    folder = run(words, home, monkeypatch)
    scores = result_of(folder)["scores"]["test_images"]
    assert set(scores) == {"accuracy", *(f"accuracy_{c}" for c in range(10))}
    assert (folder / "confusion.png").is_file()


def test_the_noise_label_shares_the_judges(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(FAITHFUL, home, monkeypatch)
    before = {path.name for path in (home / "outputs" / "digit_judge").iterdir()}
    folder = run([*NOISE, "seed=4", "target=[0,3]"], home, monkeypatch)
    assert {path.name for path in (home / "outputs" / "digit_judge").iterdir()} == before
    assert weights_of(folder)["wanted"].tolist() == [0, 0, 3, 3]
    runs = result_of(folder)["prerequisites"]
    for name, seed in (("classifier", 4), ("classifier_2", 14)):
        robust = result_of(Path(runs[name]))
        assert (robust["experiment"], robust["seed"]) == ("digit_classifier_noise", seed)
        assert weights_of(Path(runs[name]))["network.8.weight"].shape == (11, 128)


def test_a_named_classifier_is_inverted_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run([*NOISE, "seed=4"], home, monkeypatch)
    there = list((home / "outputs" / "digit_classifier_noise").iterdir())
    other = run([*NOISE, "seed=4"], home, monkeypatch)
    alone = run([*NOISE, "seed=4", f"classifier={there[0]}"], home, monkeypatch)
    assert list((home / "outputs" / "digit_classifier_noise").iterdir()) == there
    assert not torch.equal(weights_of(other)["images"], weights_of(alone)["images"])


def test_one_image_of_one_digit(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = result_of(run([*FAITHFUL, "target=3", "n_per_digit=1"], home, monkeypatch))
    scores = result["scores"]["digits"]
    assert "digit_distance" not in scores
    assert "digit_diversity" not in scores
    assert 0 <= scores["judge_confidence"] <= 1


def test_the_same_command_gives_the_same_images(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (run([*NOISE, "seed=4"], home, monkeypatch) for _ in range(2))
    assert first != second
    assert torch.equal(weights_of(first)["images"], weights_of(second)["images"])


def write_mnist(root: Path, stem: str, images: int, labels: int) -> None:
    root.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (images, 28, 28), dtype=np.uint8)
    head = struct.pack(">4I", 0x0803, images, 28, 28)
    packed = gzip.compress(head + pixels.tobytes())
    (root / f"{stem}-images-idx3-ubyte.gz").write_bytes(packed)
    classes = (np.arange(labels) % 10).astype(np.uint8)
    packed = gzip.compress(struct.pack(">2I", 0x0801, labels) + classes.tobytes())
    (root / f"{stem}-labels-idx1-ubyte.gz").write_bytes(packed)


BAD = [
    (["target=10"], "target=10 is no digit. Allowed: 0 to 9"),
    (["target=[0,-3]"], "target=-3 is no digit"),
    (["target=[]"], "must name each digit once"),
    (["n_per_digit=0"], "n_per_digit=0 is not allowed"),
    (["data.digits=[3,8]", "target=[3,4]"], "target=4 is not among the images"),
    (["classifier=nowhere"], "nowhere is not a run folder"),
    (
        ["classifier=other"],
        r"classifier=other was trained on other images, or in another size \(Fashion\)",
    ),
    (["data=mnist", "data.root=uneven"], "has 30 images, but .* has 29 labels"),
    (["data=mnist", "data.root=truncated"], "cannot be read to its end"),
    (["data=faces", "n=5"], "Allowed: data=mnist, digits"),
    (["size=32"], "size=32 does not fit the digit networks"),
    (["steps_per_epoch=0"], "steps_per_epoch=0 is not allowed"),
    (["module.start=corse"], "Did you mean 'coarse'"),
]


@pytest.mark.parametrize(("words", "sentence"), BAD, ids=lambda value: str(value)[-40:])
def test_bad_input_is_answered_in_a_sentence(
    words: Sequence[str], sentence: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    write_mnist(home / "uneven", "train", 30, 29)
    write_mnist(home / "truncated", "train", 30, 30)
    cut = home / "truncated" / "train-images-idx3-ubyte.gz"
    cut.write_bytes(cut.read_bytes()[:2000])
    (home / "other").mkdir(exist_ok=True)
    data = {"fingerprint": "x", "source": "Fashion"}
    other = {"status": "finished", "experiment": "digit_classifier", "data": data, "overrides": []}
    (home / "other" / "result.json").write_text(json.dumps(other))
    before = list(home.glob("outputs/classifier_inversion/*"))
    with pytest.raises(Exception) as caught:  # noqa: PT011 - what it says is checked below
        run_here(main, [*FAITHFUL, *words], monkeypatch)
    said = explain(caught.value, words)
    assert said is not None
    assert re.search(sentence, said), said
    assert "\n" not in said
    assert list(home.glob("outputs/classifier_inversion/*")) == before


def test_a_classifier_of_other_classes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["experiment=digit_classifier", "network.classes=13", *TINY_DIGITS, "epochs=1"]
    folder = run(words, home, monkeypatch)
    with pytest.raises(Exception, match=r"has 13 classes. Allowed: 10 digits, or 11"):
        run([*FAITHFUL, f"classifier={folder}"], home, monkeypatch)


def test_a_network_without_a_noise_label(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["experiment=digit_classifier_noise", "network=classifier_conv", *TINY_DIGITS]
    with pytest.raises(Exception, match=r"10 classes apart. Give network.classes=11"):
        run(words, home, monkeypatch)
    folder = run([*words, "network.classes=11", "module.pool=null"], home, monkeypatch)
    assert result_of(folder)["status"] == "finished"


def test_unknown_noise_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["experiment=digit_classifier_noise", *TINY_DIGITS, "module.noise.kinds=[blob]"]
    with pytest.raises(Exception, match=r"(?s)names 'blob'. Did you mean 'blobs'"):
        run(words, home, monkeypatch)
