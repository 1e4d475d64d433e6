from __future__ import annotations

import pytest

from project.errors import UserError, nearest


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("celebaa", "Did you mean 'celeba'?"),
        ("CELEBA", "Did you mean 'celeba'?"),
        ("pomeranian", "Did you mean 'Pomeranian'?"),
        ("celeba", "Did you mean 'celeba'?"),
        ("zzz", "Allowed: Pomeranian, celeba, mnist."),
        ("", "Allowed: Pomeranian, celeba, mnist."),
    ],
)
def test_nearest(word: str, sentence: str) -> None:
    assert nearest(word, ["mnist", "Pomeranian", "celeba", "mnist"]) == sentence


def test_names_that_are_no_text_are_told_too() -> None:
    allowed: list[object] = [3, 8]
    assert nearest("x", allowed) == "Allowed: 3, 8."  # type: ignore[arg-type]


def test_a_user_error_is_its_sentence() -> None:
    assert str(UserError("n=5 is too many.")) == "n=5 is too many."
