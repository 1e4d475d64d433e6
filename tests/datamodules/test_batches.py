"""An endless stream of shuffled passes, cut into full batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from project.datamodules.batches import (
    MemoryBatches,
    Share,
    ShuffledDataModule,
    batches_of,
    stream,
)


class Images(ShuffledDataModule):
    pixel_range = (0.0, 1.0)

    def __init__(self, count: int, batch_size: int, seed: int = 0) -> None:
        super().__init__()
        self.images = np.zeros((count, 1, 2, 2), np.uint8)
        self.labels = np.arange(count)[:, None]
        self.batch_size = batch_size
        self.seed = seed


@pytest.mark.parametrize(("count", "size"), [(130, 64), (65, 64), (1000, 64), (48, 16), (7, 4)])
def test_every_batch_is_full_and_every_pass_whole(count: int, size: int) -> None:
    data = Images(count, size)
    batches = [batch for epoch in range(size) for batch in data.rows(epoch)]
    assert {len(batch) for batch in batches} == {size}
    # After as many epochs as a batch has images, the stream comes out even.
    passes = np.concatenate(batches).reshape(size, count)
    assert (np.sort(passes, axis=1) == np.arange(count)).all()
    assert not (passes[0] == passes[1]).all()


def test_an_epoch_is_so_many_images_or_a_batch_more_or_less() -> None:
    assert [len(batches_of(epoch, 130, 64)) for epoch in range(5)] == [2, 2, 2, 2, 2]
    assert [len(batches_of(epoch, 100, 64)) for epoch in range(4)] == [1, 2, 1, 2]
    assert batches_of(3, 100, 64).start == batches_of(2, 100, 64).stop
    assert Images(100, 64).longest_epoch() == 2


def test_of_fewer_images_than_a_batch_it_is_all() -> None:
    data = Images(5, 64)
    for epoch in range(3):
        (batch,) = data.rows(epoch)
        assert sorted(batch) == list(range(5))
    assert data.longest_epoch() == 1


def test_where_it_comes_out_even_a_pass_is_drawn_from_seed_and_epoch() -> None:
    order = np.random.default_rng([3, 7]).permutation(48)
    assert np.concatenate(Images(48, 16, seed=3).rows(7)).tolist() == order.tolist()


def test_streams_of_one_seed_differ() -> None:
    one, other = (stream(np.arange(9), 3, range(3), 0, (place,)) for place in (0, 1))
    assert np.concatenate(one).tolist() != np.concatenate(other).tolist()


def test_batches_that_were_trained_on_are_left_out_once() -> None:
    data = Images(48, 16)
    made: Any = {"device": torch.device("cpu"), "share": Share(0, 1)}
    batches = MemoryBatches(
        images=data.images, labels=data.labels, rows=data.rows, length=3, **made
    )
    whole = [batch.labels[:, 0].tolist() for batch in batches]
    batches.skip = 2
    assert [batch.labels[:, 0].tolist() for batch in batches] == whole[2:]
    assert [batch.labels[:, 0].tolist() for batch in batches] == whole
    assert batches.total(4) == 12
