from __future__ import annotations

import copy
from typing import Any

import pytest

from project.cli.compose import load_config, plain
from project.errors import UserError
from project.modules.stages import Stages

G, D = {"L_G": 1.0}, {"L_D": 1.0}


def stage(until: Any, **changed: Any) -> dict[str, Any]:
    return {"until": until, "real": "alternate", "G": G, "D": D} | changed


def study(epochs: int = 300) -> dict[str, Any]:
    found: dict[str, Any] = plain(
        load_config("config", ["experiment=two_feature_joint", f"epochs={epochs}"])
    )["stages"]
    return {key: value for key, value in found.items() if key != "_target_"}


def borders(stages: Stages) -> list[tuple[str, int, int]]:
    return [(s.name, s.begin, s.end) for s in stages.stages]


def test_the_study_has_three_stages_with_its_weights() -> None:
    stages = Stages(**study())
    assert borders(stages) == [("warm_up", 0, 100), ("early", 100, 120), ("late", 120, 300)]
    warm_up, early, late = stages.stages
    assert warm_up.weights == {"G": {"L_G": 1.0}, "D": {"L_D": 1.0}}
    assert early.weights["G"] == {"L_GM1a": 10.0 / 10.1, "L_GM2": 0.1 / 10.1}
    assert early.weights["D"] == {"L_DM1": 5.0 / 10.1, "L_DM2": 5.0 / 10.1, "L_DM3": 0.1 / 10.1}
    assert late.weights["G"] == {"L_GM1b": 1.0 / 6.0, "L_GM2": 5.0 / 6.0}
    assert late.weights["D"] == {"L_DM1": 1 / 7.0, "L_DM2": 2.0 / 7.0, "L_DM3": 4.0 / 7.0}
    assert [s.real for s in stages.stages] == ["alternate", "halves", "halves"]
    assert stages.need_discriminators


@pytest.mark.parametrize(
    ("epochs", "end_of_early"), [(251, 100), (253, 101), (255, 102), (301, 120), (303, 121)]
)
def test_borders_are_exact_for_odd_totals(epochs: int, end_of_early: int) -> None:
    given = study(epochs)
    if end_of_early == 100:
        with pytest.raises(UserError, match=r"'early' ends after epoch 100 \(until=0.4 of epochs"):
            Stages(**given)
        return
    stages = Stages(**given)
    assert borders(stages)[1:] == [("early", 100, end_of_early), ("late", end_of_early, epochs)]
    assert stages.at(99).name == "warm_up"
    assert stages.at(100).name == "early"
    assert stages.at(end_of_early - 1).name == "early"
    assert stages.at(end_of_early).name == "late"
    assert stages.at(epochs - 1).name == "late"


def test_a_share_that_floats_cannot_hold_is_exact() -> None:
    stages = Stages(epochs=100, smooth="none", plan={"a": stage(0.29), "b": stage(1.0)})
    assert borders(stages) == [("a", 0, 29), ("b", 29, 100)]


def test_one_epoch_and_the_share_of_all() -> None:
    assert borders(Stages(epochs=3, smooth="none", plan={"a": stage(1), "b": stage(1.0)})) == [
        ("a", 0, 1),
        ("b", 1, 3),
    ]


ONE, OTHER = {"L_GM1a": 1.0}, {"L_GM1a": 0.5, "L_GM1b": 0.5}


@pytest.mark.parametrize("smooth", ["none", "linear", "cosine"])
def test_weights_move_from_middle_to_middle(smooth: str) -> None:
    plan = {"a": stage(4, G=ONE), "b": stage(8, G=OTHER)}
    stages = Stages(epochs=8, smooth=smooth, plan=plan)
    seen = [stages.weights(epoch)["G"].get("L_GM1b", 0.0) for epoch in range(8)]
    # Epoch k is at k + 0.5; the middles are at 2 and 6. (1 - cos(pi/8)) / 4 = 0.0190...
    expected = {
        "none": [0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5],
        "linear": [0, 0, 0.0625, 0.1875, 0.3125, 0.4375, 0.5, 0.5],
        "cosine": [0, 0, 0.019030, 0.154329, 0.345671, 0.480970, 0.5, 0.5],
    }[smooth]
    assert seen == pytest.approx(expected, abs=1e-6)
    for epoch in range(8):
        for weights in stages.weights(epoch).values():
            assert sum(weights.values()) == pytest.approx(1)


def changed(path: str, value: Any) -> dict[str, Any]:
    given = copy.deepcopy(study())
    node = given
    *keys, last = path.split(".")
    for key in keys:
        node = node[key]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return given


BAD = [
    ("plan.early.G.L_GM2", 0.2, r"plan.early.G sum to 1.19\d*, but must sum to 1: L_GM1a=0.990099"),
    ("plan.late.D.L_DM1", -0.1, "plan.late.D.L_DM1=-0.1 is no weight. Allowed: 0 to 1"),
    ("plan.late.D.L_DM1", "x", "plan.late.D.L_DM1=x is no weight"),
    ("plan.late.G.L_GM4", 0.1, "'L_GM4' is no term of stages.plan.late.G. Did you mean 'L_GM3'"),
    ("plan.late.G.L_DM1", 0.1, "'L_DM1' is no term of stages.plan.late.G"),
    ("plan.late.until", 0.9, "Epochs 271 to 300 belong to no stage: the last one, 'late'"),
    ("plan.late.until", None, "plan.late.until is missing"),
    ("plan.early.until", 90, "'early' ends after epoch 90, but the stage before it, 'warm_up', e"),
    ("plan.late.until", 400, "'late' ends after epoch 400, but the training has epochs=300"),
    ("plan.late.until", 0, "plan.late.until=0 is not allowed"),
    ("plan.late.until", 1.5, "plan.late.until=1.5 is not allowed"),
    ("plan.late.until", "end", "plan.late.until=end is not allowed"),
    ("plan.late.real", "halfs", "plan.late.real=halfs is unknown. Did you mean 'halves'"),
    ("plan.late.H", {}, "'H' is not a key of stages.plan.late"),
    ("plan.late", 3, "plan.late=3 is no stage"),
    ("plan.late.D", 3, "plan.late.D=3 are no weights"),
    ("plan", {}, "stages.plan is empty"),
    ("smooth", "cosin", "smooth=cosin is unknown. Did you mean 'cosine'"),
    ("epochs", 60, "'warm_up' ends after epoch 100, but the training has epochs=60. Give more"),
    ("epochs", 250, r"'early' ends after epoch 100 \(until=0.4 of epochs=250\).*no epoch is left"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), BAD, ids=lambda v: str(v)[:24])
def test_bad_stages_are_told_in_a_sentence(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as told:
        Stages(**changed(path, value))
    assert "\n" not in str(told.value)


def test_a_term_without_weight_needs_nobody() -> None:
    plan = {"a": stage(1.0, G={"L_G": 1.0, "L_GM2": 0.0})}
    assert not Stages(epochs=2, smooth="none", plan=plan).need_discriminators
