from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import lightning
import pytest
from test_watching import scorer
from tiny_run import RandomNetwork, make_gan, train

from project.errors import UserError
from project.loggers.csv_log import CSVLog
from project.metrics.inception_score import inception_scores
from project.metrics.score_images import collect
from project.metrics.score_names import HIGHER, LOWER, known

NAMES = ["inception_score", "inception_score_3", "inception_score_3_std"]
OTHERS = ["fid", "kid", "kid_error", "precision", "recall", "density", "coverage", "sharpness"]
UNSEEN = ["fid_held_out", "kid_held_out", "kid_held_out_error"]
AUDIT = ["nearest_train_distance_ratio", "near_copy_share", "near_copy_chance"]
AUDIT += ["leak_invert", "class_concentration"]
WAYS = (HIGHER, LOWER)


def test_scores_g_and_its_average_side_by_side(tmp_path: Path) -> None:
    run = tmp_path / "run"
    gan = make_gan()
    score = scorer(tmp_path, gan)
    train(run, [score], gan, loggers=[CSVLog(save_dir=run)])
    result = score.result()
    for weights, kind in (("generator", "scores"), ("average", "scores_average")):
        images = gan.generate(gan.sample_sources(12, 0), weights, 5)
        network = RandomNetwork(batch_size=7)
        by_hand = inception_scores(collect(images, network).logits, splits=[1, 3], seed=0)
        found = result[kind]["random"]
        assert list(found) == [*NAMES, *OTHERS, *UNSEEN, *AUDIT]
        assert {name: found[name] for name in NAMES} == pytest.approx(by_hand, rel=1e-6)
    assert result["scores"] != result["scores_average"]
    rows = result["references"]["random"]
    assert list(rows) == ["training", "held_out", "invert"]
    # The first 12 of 48 originals are among those that they are compared with.
    assert rows["training"]["precision"] == 1
    assert rows["training"]["nearest_train_distance_ratio"] == pytest.approx(0, abs=1e-6)
    assert rows["held_out"]["nearest_train_distance_ratio"] == pytest.approx(1, abs=0.2)
    made_from = result["scored"]["random"]
    assert made_from["reference_images"] == {"training": 12, "held_out": 12, "invert": 12}
    assert made_from["splits"] == [1, 3]
    assert (made_from["images"], made_from["seed"]) == (12, 0)
    assert len(made_from["weights_hash"]) == 64
    with (run / "metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    # Two epochs of three batches, not of six optimizer steps.
    assert [row["batch"] for row in rows] == ["3", "6"]
    for kind in ("scores", "scores_average"):
        for name in [*NAMES, *OTHERS, *UNSEEN, *AUDIT]:
            values = [float(row[f"{kind}/random/{name}"]) for row in rows]
            assert all(math.isfinite(value) for value in values)
            assert values[-1] == pytest.approx(result[kind]["random"][name], rel=1e-6)


def test_at_the_end_alone(tmp_path: Path) -> None:
    run = tmp_path / "run"
    gan = make_gan()
    train(run, [scorer(tmp_path, gan, every=0)], gan, epochs=3, loggers=[CSVLog(save_dir=run)])
    with (run / "metrics.csv").open(newline="") as file:
        assert [row["batch"] for row in csv.DictReader(file)] == ["9"]


def test_before_the_end_the_average_alone_on_demand(tmp_path: Path) -> None:
    logged = {}
    for weights in ("both", "average", "average_alone"):
        run = tmp_path / weights
        gan = make_gan()
        score = scorer(tmp_path, gan, weights=weights)
        train(run, [score], gan, epochs=3, loggers=[CSVLog(save_dir=run)])
        with (run / "metrics.csv").open(newline="") as file:
            logged[weights] = list(csv.DictReader(file))
        kinds = {"scores", "scores_average"} & set(score.result())
        assert len(kinds) == (1 if weights == "average_alone" else 2)
    both, average, alone = logged.values()
    name = "/random/inception_score"
    assert [row[f"scores_average{name}"] for row in both] == [
        row[f"scores_average{name}"] for row in average
    ]
    assert [row[f"scores{name}"] for row in average] == ["", "", both[2][f"scores{name}"]]
    assert [row[f"scores_average{name}"] for row in alone] == [
        row[f"scores_average{name}"] for row in both
    ]
    assert f"scores{name}" not in alone[0]


def test_other_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="scored_weights=generator is unknown"):
        scorer(tmp_path, make_gan(), weights="generator")


def test_a_generator_that_diverged_is_told(tmp_path: Path) -> None:
    class Diverge(lightning.Callback):
        def on_train_epoch_end(self, trainer: lightning.Trainer, module: Any) -> None:
            for weight in module.generator.parameters():
                weight.data.fill_(math.nan)

    gan = make_gan()
    with pytest.raises(UserError, match="generated images hold NaN pixels"):
        train(tmp_path / "run", [Diverge(), scorer(tmp_path, gan)], gan, epochs=1)


def test_unscored_yet_there_is_no_score_to_tell(tmp_path: Path) -> None:
    result = scorer(tmp_path, make_gan()).result()
    assert "scores" not in result


def test_what_can_be_the_best_is_what_is_scored_and_has_a_better_way(tmp_path: Path) -> None:
    gan = make_gan()
    score = scorer(tmp_path, gan)
    offered = score.choices()
    train(tmp_path / "run", [score], gan, epochs=1)
    scored = score.result()["scores_average"]["random"]
    directed = {name: known(name).better for name in scored if known(name).better in WAYS}
    assert {name: choice.better for name, choice in offered.items()} == directed
    assert offered["fid"] == ("scores_average/random/fid", "average", "lower")
