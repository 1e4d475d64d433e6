from __future__ import annotations

import pytest
import torch

from project.errors import UserError
from project.metrics.attribute_judges import AttributeJudge, base_rates, with_intervals
from project.metrics.attribute_scores import (
    balanced_accuracy,
    calibrate,
    calibration_error,
    coverage,
    spread,
    wilson,
)


@pytest.mark.parametrize(
    ("share", "count", "low", "high"),
    [
        # Wilson 1927; 1 of 10 and 0 of 10 as tables have them.
        (0.1, 10, 0.0178762, 0.4041500),
        (0.0, 10, 0.0, 0.2775328),
        (1.0, 10, 0.7224672, 1.0),
        (0.5, 1000, 0.4690691, 0.5309309),
    ],
)
def test_wilson(share: float, count: int, low: float, high: float) -> None:
    assert wilson(share, count) == pytest.approx((low, high), abs=1e-6)


def test_balanced_accuracy_by_hand() -> None:
    # 1 of 2 with, 3 of 4 without: (0.5 + 0.75) / 2.
    predicted = torch.tensor([True, False, False, False, False, True])
    labels = torch.tensor([1, 1, 0, 0, 0, 0])
    assert balanced_accuracy(predicted, labels) == 0.625
    # Saying no to everybody is worth a half, however rare the feature is.
    assert balanced_accuracy(torch.zeros(6, dtype=torch.bool), labels) == 0.5


def test_calibration_finds_the_slope_that_made_the_labels() -> None:
    rng = torch.Generator().manual_seed(0)
    logits = 4 * torch.randn(20000, generator=rng, dtype=torch.float64)
    p = torch.sigmoid(0.5 * logits - 1)
    labels = (torch.rand(20000, generator=rng) < p).long()
    slope, offset = calibrate(logits, labels)
    assert slope == pytest.approx(0.5, abs=0.03)
    assert offset == pytest.approx(-1, abs=0.06)
    assert calibration_error(p, labels) < 0.01


def test_calibration_stays_finite_where_all_is_told_apart() -> None:
    slope, offset = calibrate(torch.tensor([-2.0, -1.0, 1.0, 2.0]), torch.tensor([0, 0, 1, 1]))
    p = torch.sigmoid(slope * torch.tensor([-2.0, 2.0]) + offset)
    assert 0 < p[0] < 0.5 < p[1] < 1


def test_calibration_error_by_hand() -> None:
    # One bin: 0.95 on average, 1 of 2 right.
    error = calibration_error(torch.tensor([0.95, 0.95]), torch.tensor([1, 0]))
    assert error == pytest.approx(0.45, abs=1e-6)


def test_coverage_by_hand() -> None:
    # On a line; the fifth neighbours of 0, 1, ..., 6 are 5, 4, 3, 3, 3, 4, 5 away.
    real = torch.arange(7.0)[:, None]
    assert coverage(real, real) == 1
    # 10 is within reach of 5 and 6, at 5 and 4; of 4 it is 6 away.
    assert coverage(real, torch.tensor([[9.0], [50.0]])) == pytest.approx(2 / 7)
    assert coverage(real, torch.tensor([[50.0]])) == 0


def test_spread_by_hand() -> None:
    images = torch.zeros(3, 1, 1, 2, dtype=torch.uint8)
    images[1, 0, 0] = torch.tensor([255, 0])
    images[2, 0, 0] = torch.tensor([255, 255])
    # Distances 1, sqrt 2, 1.
    assert spread(images) == pytest.approx((2 + 2**0.5) / 3)
    assert spread(images[:1].repeat(4, 1, 1, 1)) == 0


def test_swinging_epochs_are_averaged() -> None:
    found = with_intervals([{"p_both": 0.2, "diversity": 1.0}, {"p_both": 0.4, "diversity": 3}], 50)
    low, high = wilson(0.3, 100)
    assert found == pytest.approx(
        {"p_both": 0.3, "p_both_low": low, "p_both_high": high, "diversity": 2.0}
    )


def test_base_rates() -> None:
    rates = base_rates(torch.tensor([[1, 0], [1, 1], [0, 0], [1, 0]]).bool())
    assert (rates["p_feature_1"], rates["p_feature_2"], rates["p_both"]) == (0.75, 0.25, 0.25)
    assert rates["p_both_low"] < 0.25 < rates["p_both_high"]


class Grey:
    """Features are the mean grey, and it is the P of both attributes."""

    threshold = torch.tensor([0.5, 0.25])

    def judge(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        grey = images.double().flatten(1).mean(1, keepdim=True) / 255
        return grey, grey.repeat(1, 2)


def test_one_of_several_judges_is_taken_by_its_name() -> None:
    real = torch.full((3, 3, 4, 4), 51, dtype=torch.uint8)
    judge = AttributeJudge.of({"attribute_a": Grey(), "attribute_b": Grey()}, "attribute_b", real)
    assert judge.real_features.flatten().tolist() == pytest.approx([0.2] * 3)
    assert judge.probabilities(real[:1]).tolist() == [pytest.approx([0.2, 0.2])]
    with pytest.raises(UserError, match=r"'attribute_c' is missing among attribute_a. Name it"):
        AttributeJudge.of({"attribute_a": Grey()}, "attribute_c", real)
    with pytest.raises(UserError, match=r"'attribute_c' is missing among \(none\)"):
        AttributeJudge.of({}, "attribute_c", real)
