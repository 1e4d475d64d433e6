from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from original_images import make_originals, make_policy
from torch import Tensor

from project.da.kind import Transform
from project.da.parameters import Parameters, per_image, uniform
from project.errors import UserError
from project.metrics.pictures import Pictures


class Lighten(Transform):
    """Adds up to 50 grey levels, so many to each image."""

    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        return {"by": uniform(count, 0, 50, rng)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        return images + per_image(parameters["by"], images)


def joined(seed: int) -> tuple[np.ndarray, list[dict[str, float]]]:
    policy = make_policy({"lighten": Lighten()}, size=30, seed=seed)
    made = policy.join(make_originals(12), None)
    return made.images[12:], [json.loads(row.parameters) for row in made.manifest[12:]]


def test_every_row_has_parameters_of_its_own_that_make_its_image_again() -> None:
    originals = make_originals(12)
    by_name = dict(zip(originals.names, originals.images, strict=True))
    policy = make_policy({"lighten": Lighten()}, size=30)
    made = policy.join(originals, None)
    drawn = set()
    for image, row in zip(made.images[12:], made.manifest[12:], strict=True):
        (by,) = json.loads(row.parameters).values()
        drawn.add(by)
        again = np.clip(np.rint(by_name[row.source].astype(np.float64) + by), 0, 255)
        assert np.array_equal(image, again)
    assert len(drawn) == 30
    assert min(drawn) >= 0
    assert max(drawn) < 50


def test_the_seed_decides_the_parameters() -> None:
    one, again, other = joined(0), joined(0), joined(1)
    assert np.array_equal(one[0], again[0])
    assert one[1] == again[1]
    assert one[1] != other[1]


class Faulty(Transform):
    def __init__(self, drawn: Any = None, made: Any = None) -> None:
        self.drawn_by = drawn
        self.made_by = made

    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        return {"by": self.drawn_by(count)} if self.drawn_by else {}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        made: Tensor = self.made_by(images) if self.made_by else images
        return made


@pytest.mark.parametrize(
    "made",
    [lambda x: x[1:], lambda x: x[:, :, 1:], lambda x: x.double(), lambda x: x.byte()],
    ids=["count", "shape", "float64", "uint8"],
)
def test_other_images_than_were_given_are_refused(made: Any) -> None:
    policy = make_policy({"x": Faulty(made=made)}, size=5)
    with pytest.raises(UserError, match=r"DA kind Faulty .* makes images of .* Mend its apply"):
        policy.join(make_originals(5), None)


@pytest.mark.parametrize(
    "drawn",
    [
        lambda count: torch.zeros(count + 1),
        lambda count: torch.zeros(count, 2),
        lambda count: torch.full((count,), torch.nan),
        lambda count: torch.zeros(count, dtype=torch.complex64),
        lambda count: ["a"] * count,
        lambda count: 1.0,
    ],
    ids=["too many", "two each", "nan", "complex", "text", "one for all"],
)
def test_parameters_that_are_no_plain_numbers_are_refused(drawn: Any) -> None:
    policy = make_policy({"x": Faulty(drawn=drawn)}, size=5)
    with pytest.raises(UserError, match=r"DA kind Faulty .* 'by' that is not one plain number for"):
        policy.join(make_originals(5), None)


def test_the_reference_row_of_a_random_kind_is_drawn_once() -> None:
    plain = Pictures.of(make_originals(9).images // 2, batch_size=4)
    lightened, again = (plain.treated("lighten", Lighten()) for _ in range(2))
    batches = torch.cat(list(lightened.batches()))
    assert torch.equal(batches, torch.cat(list(lightened.batches())))
    assert torch.equal(batches, torch.cat(list(again.batches())))
    assert np.array_equal(lightened.pick([7, 2]), batches[[7, 2]].numpy())
    by = (batches.int() - torch.cat(list(plain.batches())).int()).flatten(1)
    assert len(set(by[:, 0].tolist())) > 4
    assert bool((by == by[:, :1]).all())
    assert lightened.key == again.key


def test_what_was_drawn_is_part_of_the_key() -> None:
    plain = Pictures.of(make_originals(9).images, batch_size=4)

    class Darken(Lighten):
        def parameters(self, count: int, rng: torch.Generator) -> Parameters:
            return {"by": uniform(count, -50, 0, rng)}

    assert plain.treated("x", Lighten()).key != plain.treated("x", Darken()).key
