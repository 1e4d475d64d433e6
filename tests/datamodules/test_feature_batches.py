from __future__ import annotations

import numpy as np
import pytest

from project.datamodules.features import batch_rows

ONE, TWO = np.arange(0, 7), np.arange(5, 18)


def test_odd_epochs_are_of_the_first_feature_and_even_of_the_second() -> None:
    for epoch, rows in ((0, ONE), (1, TWO), (2, ONE), (3, TWO)):
        batches = batch_rows([ONE, TWO], "alternate", epoch, 4, 0)
        # Every image once, the last, smaller batch too.
        assert sorted(np.concatenate(batches)) == rows.tolist()
        assert {len(batch) for batch in batches[:-1]} <= {4}
        assert len(batches[-1]) == len(rows) % 4


def test_halves_pass_once_over_the_larger_set() -> None:
    batches = batch_rows([ONE, TWO], "halves", 0, 4, 0)
    assert [len(batch) for batch in batches] == [4, 4, 4, 4, 4, 4, 2]
    halves = [np.split(batch, 2) for batch in batches]
    firsts = np.concatenate([half[0] for half in halves])
    assert sorted(np.concatenate([half[1] for half in halves])) == TWO.tolist()
    assert set(firsts) == set(ONE.tolist())
    # The smaller set is gone through whole before it begins again.
    assert sorted(firsts[:7]) == ONE.tolist()


def test_a_union_has_every_image_once() -> None:
    batches = batch_rows([ONE, TWO], "union", 3, 4, 0)
    assert sorted(np.concatenate(batches)) == list(range(18))


def test_both_are_the_images_in_both_sets_in_as_many_batches_as_halves() -> None:
    sets = [np.arange(9), np.arange(4, 12)]
    batches = batch_rows(sets, "both", 3, 4, 0)
    assert [len(batch) for batch in batches] == [4, 4, 4, 4, 2]
    assert [len(batch) for batch in batch_rows(sets, "halves", 3, 4, 0)] == [4, 4, 4, 4, 2]
    counts = np.bincount(np.concatenate(batches), minlength=12)
    # 18 images, drawn from five: each three times or four.
    assert set(counts[4:9]) == {3, 4}
    assert counts.sum() == counts[4:9].sum() == 18


@pytest.mark.parametrize("real", ["alternate", "halves", "union"])
def test_the_order_is_a_function_of_seed_and_epoch(real: str) -> None:
    def order(epoch: int, seed: int) -> list[int]:
        return [int(row) for batch in batch_rows([ONE, TWO], real, epoch, 4, seed) for row in batch]

    assert order(2, 5) == order(2, 5)
    assert order(2, 5) != order(4, 5)
    assert order(2, 5) != order(2, 6)


def test_a_single_feature_is_an_ordinary_data_set() -> None:
    orders = [np.concatenate(batch_rows([ONE], "alternate", epoch, 4, 0)) for epoch in (0, 1)]
    assert all(sorted(order) == ONE.tolist() for order in orders)
    assert orders[0].tolist() != orders[1].tolist()
