from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from project.datamodules.features import batch_rows

ONE, TWO = np.arange(0, 7), np.arange(5, 18)


def epochs(sets: list[Any], real: str, size: int, numbers: Iterable[int]) -> list[Any]:
    """Returns the batches of several epochs, one after the other."""
    return [batch for epoch in numbers for batch in batch_rows(sets, real, epoch, size, 0)]


def test_odd_epochs_are_of_the_first_feature_and_even_of_the_second() -> None:
    for rows, numbers in ((ONE, range(0, 8, 2)), (TWO, range(1, 8, 2))):
        batches = epochs([ONE, TWO], "alternate", 4, numbers)
        # Four passes in full batches, each image as often as any other.
        assert [len(batch) for batch in batches] == [4] * len(rows)
        assert np.bincount(np.concatenate(batches))[rows].tolist() == [4] * len(rows)


def test_halves_pass_once_over_the_larger_set() -> None:
    batches = epochs([ONE, TWO], "halves", 4, range(2))
    assert [len(batch) for batch in batches] == [4] * 13
    firsts, seconds = (np.concatenate(half) for half in zip(*map(halved, batches), strict=True))
    assert sorted(seconds[:13]) == sorted(seconds[13:]) == TWO.tolist()
    # The smaller set is gone through whole before it begins again.
    assert sorted(firsts[:7]) == sorted(firsts[7:14]) == ONE.tolist()


def halved(batch: Any) -> Any:
    return np.split(batch, 2)


def test_a_union_has_every_image_once() -> None:
    batches = epochs([ONE, TWO], "union", 4, range(2))
    assert [len(batch) for batch in batches] == [4] * 9
    assert np.bincount(np.concatenate(batches)).tolist() == [2] * 18


def test_both_are_the_images_in_both_sets_in_as_many_batches_as_halves() -> None:
    sets = [np.arange(9), np.arange(4, 12)]
    batches = epochs(sets, "both", 4, range(2))
    assert [len(batch) for batch in batches] == [4] * 9
    assert len(epochs(sets, "halves", 4, range(2))) == 9
    counts = np.bincount(np.concatenate(batches), minlength=12)
    # 36 images, drawn from five: each about seven times.
    assert set(counts[4:9]) <= {6, 7, 8}
    assert counts.sum() == counts[4:9].sum() == 36


@pytest.mark.parametrize("real", ["alternate", "halves", "union"])
def test_the_order_is_a_function_of_seed_and_epoch(real: str) -> None:
    def order(epoch: int, seed: int) -> list[int]:
        return [int(row) for batch in batch_rows([ONE, TWO], real, epoch, 4, seed) for row in batch]

    assert order(2, 5) == order(2, 5)
    assert order(2, 5) != order(4, 5)
    assert order(2, 5) != order(2, 6)


def test_a_single_feature_is_an_ordinary_data_set() -> None:
    batches = epochs([ONE], "alternate", 4, range(4))
    assert [len(batch) for batch in batches] == [4] * 7
    passes = np.split(np.concatenate(batches), 4)
    assert all(sorted(one) == ONE.tolist() for one in passes)
    assert passes[0].tolist() != passes[1].tolist()
