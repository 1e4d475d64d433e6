from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from project.data.features import (
    DetectorFeatures,
    Feature,
    JointFeatures,
    LabelledFeatures,
    WantedFeatures,
    two_held,
)
from project.data.source import ImageSet
from project.errors import UserError

BEARDED_AND_BALD = ["-No_Beard", "+Bald"]


def faces(labels: list[tuple[int, int]]) -> ImageSet:
    """Images with Bald and No_Beard."""
    return ImageSet(
        images=np.zeros((len(labels), 3, 2, 2), np.uint8),
        names=tuple(map(str, range(len(labels)))),
        labels=np.array(labels, np.int64),
        label_names=("Bald", "No_Beard"),
        skipped=(),
        fingerprint="f",
    )


#        both,   bald,   beard,  neither, both,   bald,   beard
FACES = [(1, 0), (1, 1), (0, 0), (0, 1), (1, 0), (1, 1), (0, 0)]


def plan(**changed: bool) -> SimpleNamespace:
    return SimpleNamespace(**{"need_discriminators": False, "take_both": False} | changed)


def given(**changed: Any) -> dict[str, Any]:
    return {
        "features": BEARDED_AND_BALD,
        "trained": BEARDED_AND_BALD,
        "exclude_both": False,
        "batch_size": 2,
        "stages": plan(),
    } | changed


def rows(**changed: Any) -> list[list[int]]:
    return [some.tolist() for some in WantedFeatures(**given(**changed)).rows(faces(FACES))]


def test_signs_say_who_has_a_feature() -> None:
    assert rows() == [[0, 2, 4, 6], [0, 1, 4, 5]]
    assert rows(features=["No_Beard", "+Bald"], trained=["No_Beard"]) == [[1, 3, 5]]
    assert two_held(BEARDED_AND_BALD, faces(FACES)).sum(0).tolist() == [4, 4]


def test_without_the_images_that_have_both() -> None:
    assert rows(exclude_both=True) == [[2, 6], [1, 5]]
    # STEP 2 leaves them out as well.
    assert rows(exclude_both=True, trained=["+Bald"]) == [[1, 5]]


def test_a_detector_sees_images_without_its_feature_too() -> None:
    def both_kinds(**changed: Any) -> list[list[int]]:
        wanted = DetectorFeatures(**given(trained=["+Bald"], **changed))
        return [some.tolist() for some in wanted.rows(faces(FACES))]

    assert both_kinds() == [[0, 1, 4, 5], [2, 3, 6]]
    assert both_kinds(exclude_both=True) == [[1, 5], [2, 3, 6]]
    with pytest.raises(UserError, match=r"3 of the 7 images lack the feature \+Bald, fewer than a"):
        both_kinds(batch_size=4)


@pytest.mark.parametrize("written", ["Bald", "+Bald", " +Bald"])
def test_no_sign_means_plus(written: str) -> None:
    assert Feature.read(written) == Feature("Bald", 1)
    assert str(Feature.read(written)) == "+Bald"


BAD = [
    ({"features": ["-No_Beard", "+Bold"]}, "features names the attribute 'Bold'.*mean 'Bald'"),
    ({"trained": ["+Bold"]}, "feature names the attribute 'Bold'.*Did you mean 'Bald'"),
    ({"features": ["+Bald", "-Bald"]}, r"\[\+Bald,-Bald\] names 'Bald' twice"),
    ({"features": ["+Bald"]}, "must be two attributes with their signs"),
    ({"features": "Bald"}, "must be two attributes with their signs"),
    ({"batch_size": 3}, "batch_size=3 is odd.*such as 4"),
    ({"batch_size": 6}, r"4 of the 7 images have the feature -No_Beard, fewer than a batch of 6"),
    ({"batch_size": 4, "exclude_both": True}, "2 of the 7 images have the feature .* alone, fewer"),
    ({"stages": plan(need_discriminators=True)}, "look at D_1 and D_2. Only experiment=two_fe"),
    ({"stages": plan(take_both=True), "exclude_both": True}, "real=both, but exclude_both=true"),
    ({"stages": plan(take_both=True), "trained": ["+Bald"]}, "real=both, but .* on one feature"),
    (
        {"stages": plan(take_both=True), "batch_size": 4},
        "2 of the 7 images have both features, few",
    ),
]


@pytest.mark.parametrize(("changed", "sentence"), BAD, ids=str)
def test_bad_wishes_are_told_in_a_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        WantedFeatures(**given(**changed)).check(faces(FACES))


def run(folder: Path, **changed: Any) -> Path:
    result: dict[str, Any] = {
        "status": "finished",
        "experiment": "two_feature_single",
        "overrides": ["experiment=two_feature_single", "feature=-No_Beard"],
        "data": {"fingerprint": "f", "source": "faces"},
    }
    folder.mkdir()
    (folder / "result.json").write_text(json.dumps(result | changed))
    return folder


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, ""),
        ({"experiment": "two_feature_detector"}, ""),
        ({"experiment": "da_faces"}, "is a run of da_faces. Name a run of two_feature_single"),
        ({"overrides": ["feature=Bald"]}, "was trained on the feature Bald. Name .*=-No_Beard"),
        ({"data": {"fingerprint": "g"}}, "was trained on other images, or in another size"),
        ({"status": "interrupted"}, "did not finish. Resume it"),
    ],
)
def test_a_named_run_must_fit(tmp_path: Path, changed: dict[str, Any], sentence: str) -> None:
    folder = run(tmp_path / "single", **changed)
    wanted = JointFeatures(**given(D_1=str(folder), D_2=None))
    if not sentence:
        wanted.check(faces(FACES))
        with pytest.raises(UserError, match="has seen images with both features"):
            JointFeatures(**given(D_1=str(folder), D_2=None, exclude_both=True)).check(faces(FACES))
        return
    with pytest.raises(UserError, match=sentence):
        wanted.check(faces(FACES))


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a run folder"):
        JointFeatures(**given(D_1=str(tmp_path), D_2=None)).check(faces(FACES))


def labelled(**changed: Any) -> LabelledFeatures:
    settings = {"further": [], "tuning": 0.25, "held_out": 0.25, "seed": 0} | changed
    return LabelledFeatures(features=BEARDED_AND_BALD, **settings)


def test_each_combination_is_divided_by_itself() -> None:
    images = faces([(1, 0)] * 4 + [(1, 1)] * 8 + [(0, 0)] * 12 + [(0, 1)] * 16)
    parts = labelled().parts(images)
    assert sorted(np.concatenate(list(parts.values()))) == list(range(40))
    for name, share in (("tuning", 0.25), ("held_out", 0.25), ("learning", 0.5)):
        bald, shaven = images.labels[parts[name]].T
        assert len(parts[name]) == 40 * share
        assert int((bald & (1 - shaven)).sum()) == 4 * share
        assert int((bald & shaven).sum()) == 8 * share
    again, other = labelled().parts(images), labelled(seed=1).parts(images)
    assert again["held_out"].tolist() == parts["held_out"].tolist()
    assert other["held_out"].tolist() != parts["held_out"].tolist()


def test_what_is_learned_is_the_two_and_then_the_further() -> None:
    images = faces([(1, 0), (0, 1), (1, 1)])
    bald, shaven = images.label_names
    found = labelled(further=[shaven, bald, f"-{bald}"]).targets(images)
    assert found.tolist() == [[1, 1, 0, 1, 0], [0, 0, 1, 0, 1], [0, 1, 1, 1, 0]]
    with pytest.raises(UserError, match=r"further names the attribute 'Goatee'.*judges=drawn"):
        labelled(further=[bald, "Goatee"]).check(images)


def test_a_part_without_a_feature_is_refused() -> None:
    with pytest.raises(UserError, match=r"0 of the \d+ images of the part 'tuning' have"):
        labelled().check(faces([(1, 0), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1)]))
    with pytest.raises(UserError, match="shares above 0 that sum to less than 1"):
        labelled(tuning=0.8)
