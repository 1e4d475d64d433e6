from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from project.data.source import ImageSet
from project.data.target_digits import TargetDigits
from project.errors import UserError


def targets(**changed: Any) -> TargetDigits:
    given: dict[str, Any] = {"target": "all", "n_per_digit": 2, "classes": 10}
    return TargetDigits(**(given | changed))


def image_set(classes: list[int], name: str = "digit") -> ImageSet:
    return ImageSet(
        images=np.zeros((len(classes), 1, 28, 28), np.uint8),
        names=tuple(map(str, range(len(classes)))),
        labels=np.array(classes, np.int64)[:, None],
        label_names=(name,),
        skipped=(),
        fingerprint="these",
    )


@pytest.mark.parametrize(
    ("target", "digits"),
    [(3, [3]), ([0, 3], [0, 3]), ([9, 1], [9, 1]), ("all", list(range(10)))],
)
def test_a_target_is_read(target: Any, digits: list[int]) -> None:
    assert targets(target=target).digits == digits


@pytest.mark.parametrize("target", [10, -1, [0, 12], "three", 2.5, True, "3"])
def test_what_is_no_digit_is_refused(target: Any) -> None:
    with pytest.raises(UserError, match=r"is no digit. Allowed: 0 to 9"):
        targets(target=target)


@pytest.mark.parametrize("target", [[], [3, 3]])
def test_each_digit_once(target: Any) -> None:
    with pytest.raises(UserError, match="each digit once"):
        targets(target=target)


@pytest.mark.parametrize("count", [0, -3, 1.5, True, "many"])
def test_a_number_of_images_is_a_whole_number_from_1(count: Any) -> None:
    with pytest.raises(UserError, match=r"n_per_digit=.* Give a whole number from 1"):
        targets(n_per_digit=count)


def test_digits_that_the_data_lack() -> None:
    targets(target=[3, 8]).check(image_set([3, 8, 8]))
    with pytest.raises(UserError, match=r"target=4 is not among .*Allowed: a list of 3, 8"):
        targets(target=[3, 4]).check(image_set([3, 8, 8]))


def test_images_without_a_digit_each() -> None:
    with pytest.raises(UserError, match=r"these have Bald. Allowed: data=mnist, digits"):
        targets(target=0).check(image_set([0, 1], name="Bald"))
