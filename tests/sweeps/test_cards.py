from __future__ import annotations

import pytest

from project.sweeps.cards import cards_here, freest_card, listed_cards

TOLD = """\
GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-0a1b)
  MIG 3g.40gb     Device  0: (UUID: MIG-11aa)
  MIG 3g.40gb     Device  1: (UUID: MIG-22bb)
GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-3c4d)
"""


def test_a_divided_card_counts_as_its_parts() -> None:
    assert listed_cards(TOLD) == ["MIG-11aa", "MIG-22bb", "GPU-3c4d"]
    assert listed_cards("No devices found.") == []


@pytest.mark.parametrize(
    ("visible", "cards"),
    [("2,3", ["2", "3"]), (" GPU-0a1b , MIG-22bb", ["GPU-0a1b", "MIG-22bb"]), ("", []), ("-1", [])],
)
def test_what_the_user_lets_see_is_all_there_is(
    visible: str, cards: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert cards_here() == cards


def test_without_a_driver_there_are_no_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", "")
    assert cards_here() == []


def test_jobs_are_spread_and_take_the_place_of_those_that_end() -> None:
    cards = ["a", "b", "c"]
    taken: list[str | None] = []
    for _ in range(7):
        taken.append(freest_card(cards, taken))
    assert taken == ["a", "b", "c", "a", "b", "c", "a"]
    taken.remove("b")
    assert freest_card(cards, taken) == "b"
    assert freest_card([], []) is None
