from __future__ import annotations

from typing import Any, NoReturn

import pytest
from hydra.errors import InstantiationException
from omegaconf import OmegaConf

from project.errors import UserError
from project.runs.parts import build_part, remembered

REFUSALS = {-1: ValueError("negative"), -2: OSError("no such file"), -3: KeyError("network")}


class Part:
    """What is built: a value of the config, something offered, and another part."""

    def __init__(self, *, size: int, images: object, inner: object = None) -> None:
        if size in REFUSALS:
            raise REFUSALS[size]
        if size == 0:
            raise UserError("size=0 is too small.")
        self.size = size
        self.images = images
        self.inner = inner


class Special(Part):
    """One with a value more, that hands the others on."""

    def __init__(self, *, more: int, **others: Any) -> None:
        super().__init__(**others)
        self.more = more


PART = f"{__name__}.{Part.__name__}"


def build(offers: Any, **values: Any) -> Any:
    config = OmegaConf.create({"unit": 4, "module": {"_target_": PART, "size": "${unit}"} | values})
    return build_part(config.module, offers)


def never() -> NoReturn:
    raise AssertionError("an offer that nobody names was made")


def test_a_part_is_handed_what_its_constructor_names() -> None:
    # Of a type that a config would turn into one of its own.
    images = {"a": [1, 2]}
    part = build({"images": lambda: images, "judges": never})
    assert part.size == 4
    assert part.images is images


def test_what_a_constructor_hands_on_is_handed_to_it() -> None:
    offers = {"images": lambda: "ours", "judges": never}
    part = build(offers, _target_=f"{__name__}.Special", more=3)
    assert (part.size, part.images, part.more) == (4, "ours", 3)


def test_what_the_config_says_comes_first() -> None:
    assert build({"images": never}, images="mine").images == "mine"
    assert build({"images": never}, images=None).images is None


def test_parts_of_parts_are_built_from_the_config_alone() -> None:
    inner = {"_target_": PART, "size": 2, "images": "theirs"}
    part = build({"images": lambda: "ours", "inner": never}, inner=inner)
    assert (part.images, part.inner.images) == ("ours", "theirs")


def test_an_offer_is_made_anew_for_each_part_unless_it_is_remembered() -> None:
    made: list[object] = []

    def make() -> object:
        made.append(object())
        return made[-1]

    one, two = (build({"images": make}) for _ in range(2))
    assert one.images is not two.images
    assert len(made) == 2
    once = remembered(make)
    assert len(made) == 2
    three, four = (build({"images": once}) for _ in range(2))
    assert three.images is four.images
    assert len(made) == 3


def test_none_is_remembered_as_well() -> None:
    calls: list[None] = []
    once = remembered(lambda: calls.append(None))
    assert once() is None
    assert once() is None
    assert len(calls) == 1


@pytest.mark.parametrize("size", REFUSALS)
def test_values_that_do_not_suit_are_told_with_their_place(size: int) -> None:
    with pytest.raises(InstantiationException) as raised:
        build({"images": object}, size=size)
    assert str(raised.value) == f"Error in call to target {PART}\nfull_key: module"
    assert raised.value.__cause__ is REFUSALS[size]


@pytest.mark.parametrize("values", [{}, {"images": 1, "colour": "red"}])
def test_so_are_arguments_that_are_missing_or_too_many(values: dict[str, Any]) -> None:
    with pytest.raises(InstantiationException, match="full_key: module") as raised:
        build({}, **values)
    assert isinstance(raised.value.__cause__, TypeError)


def test_a_sentence_for_the_user_passes_as_it_is() -> None:
    with pytest.raises(UserError, match="size=0 is too small"):
        build({"images": object}, size=0)
