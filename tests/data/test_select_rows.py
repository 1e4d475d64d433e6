"""Selection by signed attribute names."""

from __future__ import annotations

import numpy as np
import pytest

from project.data.features import Labels, select_rows
from project.errors import UserError

NAMES = ("Bald", "No_Beard")
LABELS = np.array([[1, 1], [1, 0], [0, 0], [0, 1]], np.int64)


@pytest.mark.parametrize(
    ("select", "rows"),
    [
        (None, [0, 1, 2, 3]),
        ([], [0, 1, 2, 3]),
        (["Bald"], [0, 1]),
        (["+Bald"], [0, 1]),
        ("-Bald", [2, 3]),
        (["+Bald", "-No_Beard"], [1]),
        (["-Bald", "-No_Beard"], [2]),
    ],
)
def test_rows_that_hold_every_sign(select: list[str] | str | None, rows: list[int]) -> None:
    assert select_rows(Labels(LABELS, NAMES), select).tolist() == rows


def test_an_unknown_attribute_is_answered_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"'no_beard'.*Did you mean 'No_Beard'\?"):
        select_rows(Labels(LABELS, NAMES), ["-no_beard"])


def test_a_selection_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(UserError, match=r"data.select=\[\+Bald,-Bald\] leaves none of the 4"):
        select_rows(Labels(LABELS, NAMES), ["+Bald", "-Bald"])
