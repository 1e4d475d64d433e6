from __future__ import annotations

import itertools

import pytest
from omegaconf import OmegaConf

from project.da.ratio import Ratio
from project.errors import UserError


@pytest.mark.parametrize(
    ("ratio", "total", "shares"),
    [
        ("1:1", 1000, (500, 500)),
        ("1:3", 2000, (500, 1500)),
        ("3:1", 2000, (1500, 500)),
        # 1001 / 2 = 500.5 twice: the earlier kind wins the tie.
        ("1:1", 1001, (501, 500)),
        # 3.33, 6.67: the larger remainder takes the image that is left.
        ("1:2", 10, (3, 7)),
        # 1.43, 2.86, 5.71: two images are left, for .86 and .71.
        ("1:2:4", 10, (1, 3, 6)),
        # 0.33 three times, one image.
        ("1:1:1", 1, (1, 0, 0)),
        ("1:1:1", 1000, (334, 333, 333)),
        ("2:4", 9, (3, 6)),
        ("0:1", 7, (0, 7)),
        ("1:0", 7, (7, 0)),
        ("5", 7, (7,)),
        (" 1 : 3 ", 8, (2, 6)),
        ("1:1", 0, (0, 0)),
        # Beyond the whole numbers that a float can tell apart.
        ("1:2", 3 * 10**18 + 1, (10**18, 2 * 10**18 + 1)),
    ],
)
def test_shares_by_hand(ratio: str, total: int, shares: tuple[int, ...]) -> None:
    assert Ratio.parse(ratio).shares(total) == shares


def test_shares_are_exact_for_every_small_ratio() -> None:
    for parts in itertools.product(range(5), repeat=3):
        if not any(parts):
            continue
        for total in range(25):
            shares = Ratio(parts).shares(total)
            assert sum(shares) == total
            for share, part in zip(shares, parts, strict=True):
                # Each within one image of its quota, on either side.
                assert abs(share * sum(parts) - total * part) < sum(parts)


def test_a_common_factor_changes_nothing() -> None:
    for a, b, total in itertools.product(range(1, 6), range(1, 6), range(30)):
        assert Ratio((a, b)).shares(total) == Ratio((7 * a, 7 * b)).shares(total)


def test_equal_shares() -> None:
    assert Ratio.equal(3) == Ratio((1, 1, 1))
    assert Ratio.equal(0).parts == ()


@pytest.mark.parametrize("text", ["a:b", "1:-1", "-1:1", "1:", ":1", "", "1.5:1", "1;1", "1::1"])
def test_no_ratio_is_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"is not a ratio\. Allowed: one whole number per DA kind"):
        Ratio.parse(text)


def test_digits_of_other_scripts_are_refused() -> None:
    with pytest.raises(UserError, match="is not a ratio"):
        Ratio.parse("\N{SUPERSCRIPT TWO}:1")


def test_an_unquoted_ratio_in_a_file_is_refused_with_its_cause() -> None:
    assert OmegaConf.create("ratio: '1:1'").ratio == "1:1"
    # What YAML 1.1 makes of an unquoted 1:1.
    with pytest.raises(UserError, match=r'ratio=61 is not text such as 1:3.*ratio: "1:1"'):
        Ratio.parse(61)


@pytest.mark.parametrize("text", ["0:0", "0", "0:0:0"])
def test_nothing_for_anybody_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="gives every DA kind a share of 0"):
        Ratio.parse(text)
