from __future__ import annotations

import pytest

from project.cli.compose import load_config
from project.errors import UserError
from project.race.asked import check_asked, names

DATA = ["data=faces"]


@pytest.mark.parametrize(
    ("asked", "words", "sentence"),
    [
        (["sizes=[30]"], DATA, r"size=30 is not a GAN's\. Allowed: 32"),
        (["sizes=[]"], DATA, r"sizes= names nothing\. Give sides in pixels"),
        ([], [*DATA, "size=33"], "size=33 is not a GAN's"),
        ([], [*DATA, "size=abc"], "size=abc is not a GAN's"),
        (["conditions=[]"], DATA, "conditions= names nothing"),
        (["held_out=1.5"], DATA, r"held_out=1\.5 is not allowed\. Give a share below 1"),
        (["hours=0"], DATA, r"hours=0 is not allowed\. Give a number above 0"),
        ([], [], "data= is missing"),
        ([], [*DATA, "seed=3"], "seed=3 is what the race decides on"),
    ],
)
def test_what_cannot_be_is_a_sentence(asked: list[str], words: list[str], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        check_asked(load_config("recommend", asked), words)


def test_conditions_are_a_list_or_words_with_commas_between_them() -> None:
    assert names(["flip", "flip da.mode=online"]) == ["flip", "flip da.mode=online"]
    assert names("flip, vflip") == ["flip", "vflip"]
    assert names("flip") == ["flip"]
    assert names(3) == []
