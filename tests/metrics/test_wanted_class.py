from __future__ import annotations

import math

import pytest
import torch

from project.data.pets import BREEDS
from project.errors import UserError
from project.metrics.wanted_class import WantedClass, imagenet_classes, top_classes

POMERANIAN, PERSIAN = 259, 283


def wanted(*names: str) -> WantedClass:
    return WantedClass(names, strict=False, imagenet=True)


def test_classes_by_either_spelling() -> None:
    assert wanted("pomeranian", "Persian").known == {
        "Pomeranian": POMERANIAN,
        "Persian cat": PERSIAN,
    }
    assert wanted("basset_hound", "german_shorthaired").missing == []


def test_breeds_that_imagenet_lacks() -> None:
    found = WantedClass(BREEDS, strict=False, imagenet=True)
    assert set(found.missing) == {
        "Abyssinian", "Bengal", "Birman", "Bombay", "British_Shorthair", "Maine_Coon", "Ragdoll",
        "Russian_Blue", "Sphynx", "american_bulldog", "american_pit_bull_terrier", "havanese",
        "shiba_inu",
    }  # fmt: skip
    assert len(found.known) == 37 - 13
    assert "ImageNet has no class Abyssinian" in wanted("Abyssinian").explain()


def test_what_the_user_misspells_is_an_error() -> None:
    with pytest.raises(UserError, match=r"'Pomeranain', .* Did you mean 'Pomeranian'"):
        WantedClass(["Pomeranain"], strict=True, imagenet=True)
    with pytest.raises(UserError, match="none of ImageNet's 1000 classes"):
        WantedClass(["xqzw"], strict=True, imagenet=True)


def test_probabilities_of_several_classes_add_up() -> None:
    logits = torch.full((3, 1000), -50.0)
    logits[0, POMERANIAN] = logits[1, 0] = 50
    logits[2, [POMERANIAN, PERSIAN, 1, 2]] = 50
    both = wanted("pomeranian", "Persian")
    assert both.probabilities(logits) == pytest.approx([1, 0, 0.5])
    assert both.scores(logits)["wanted_class_probability"] == pytest.approx(0.5)


def test_concentration() -> None:
    sure, even = torch.zeros(7, 1000), torch.zeros(4, 1000)
    sure[:, 5] = 100
    none = wanted()
    assert none.scores(sure) == pytest.approx({"class_concentration": 1})
    assert none.scores(even) == pytest.approx({"class_concentration": 1 / 1000})


def test_other_classes_than_imagenets_are_not_taken_for_them() -> None:
    found = WantedClass(["Pomeranian"], strict=True, imagenet=False)
    assert found.probabilities(torch.zeros(2, 1008)) is None
    assert "not ImageNet's" in found.explain()


def test_top_classes_over_a_set() -> None:
    logits = torch.full((4, 1000), -math.inf)
    logits[:3, POMERANIAN] = 0
    logits[3, PERSIAN] = 0
    assert top_classes(logits, 2) == [("Pomeranian", 0.75), ("Persian cat", 0.25)]


def test_there_are_a_thousand() -> None:
    assert len(set(imagenet_classes())) == 1000
