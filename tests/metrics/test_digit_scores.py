from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from torch import Tensor, nn

from project.errors import UserError
from project.metrics.digit_judges import DigitJudges, RealDigits, score_digits
from project.metrics.digit_scores import (
    frechet_distance,
    nearest_distance,
    within_class_distance,
)
from project.networks.digit_judges import Judge

# Among more than 25 images torch takes distances from products: of copies, not exactly 0.
ROUNDING = 0.02


def normal(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def noise(n: int, seed: int) -> Tensor:
    return torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(seed))


def flat(*values: float) -> Tensor:
    """One-coloured images; two that differ by v are 28 v apart."""
    return torch.tensor(values).view(-1, 1, 1, 1).expand(-1, 1, 28, 28).clone()


class TestFrechet:
    def test_by_hand(self) -> None:
        # Means 1 and 5, variances 2 and 8: (5 - 1)^2 + (sqrt 8 - sqrt 2)^2 = 16 + 2; and 3^2.
        a, b = torch.tensor([[0.0, 1.0], [2.0, 1.0]]), torch.tensor([[3.0, 4.0], [7.0, 4.0]])
        assert frechet_distance(a, b) == pytest.approx(16 + 2 + 9)

    def test_of_a_set_with_itself(self) -> None:
        a = normal(200, 8)
        assert frechet_distance(a, a) == pytest.approx(0.0, abs=1e-9)

    def test_of_a_shift_is_its_square(self) -> None:
        a, shift = normal(200, 3), torch.tensor([1.0, -2.0, 3.0])
        assert frechet_distance(a, a + shift) == pytest.approx(14.0)

    def test_of_a_stretch(self) -> None:
        a = normal(200, 3)
        a = a - a.mean(0)
        # Deviations s and 3 s: (3 s - s)^2 in every direction, so 4 times the total variance.
        total = float(a.var(0).sum())
        assert frechet_distance(a, 3 * a) == pytest.approx(4 * total)

    def test_against_a_matrix_root(self) -> None:
        a, b = normal(60, 6) @ normal(6, 6, seed=2), normal(50, 6, seed=3) @ normal(6, 6, seed=4)
        x, y = a.numpy(), b.numpy() + 0.5
        cov_x, cov_y = np.cov(x.T), np.cov(y.T)
        cross = np.trace(sqrtm(cov_x @ cov_y)).real
        expected = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(cov_x + cov_y) - 2 * cross
        assert frechet_distance(a, b + 0.5) == pytest.approx(float(expected), rel=1e-9)
        assert frechet_distance(b + 0.5, a) == pytest.approx(float(expected), rel=1e-9)

    def test_of_fewer_rows_than_features(self) -> None:
        a = normal(5, 20)
        assert frechet_distance(a, a + 1.0) == pytest.approx(20.0, abs=1e-5)

    def test_far_from_the_origin_in_double_precision(self) -> None:
        a = normal(100, 2).round(decimals=1)
        assert frechet_distance(a + 1e6, a + 1e6 + 1.0) == pytest.approx(2.0, abs=1e-6)

    def test_of_a_single_feature(self) -> None:
        # Means 1 and 5, deviations sqrt 2 and sqrt 8.
        a, b = torch.tensor([[0.0], [2.0]]), torch.tensor([[3.0], [7.0]])
        assert frechet_distance(a, b) == pytest.approx(16 + 2)

    def test_is_never_negative(self) -> None:
        for seed in range(20):
            a = normal(40, 30, seed=seed) * 1e3
            assert frechet_distance(a, a) >= 0.0

    @pytest.mark.parametrize("rows", [(1, 5), (5, 1), (0, 5)])
    def test_fewer_than_two_rows(self, rows: tuple[int, int]) -> None:
        with pytest.raises(UserError, match="2 images or more"):
            frechet_distance(normal(rows[0], 3), normal(rows[1], 3))


class TestWithinClass:
    def test_by_hand(self) -> None:
        # Of the 0s: 7, 14 and 21 pixels, mean 14; of the 1s: 28. Between digits: not looked at.
        images = flat(0.0, 0.25, 0.75, 0.0, 1.0)
        labels = torch.tensor([0, 0, 0, 1, 1])
        assert within_class_distance(images, labels) == pytest.approx((14 + 28) / 2)

    def test_a_digit_with_one_image_does_not_count(self) -> None:
        labels = torch.tensor([4, 4, 9])
        assert within_class_distance(flat(0.0, 0.5, 1.0), labels) == pytest.approx(14.0)

    def test_one_image_of_each_has_none(self) -> None:
        assert within_class_distance(flat(0.0, 1.0), torch.tensor([0, 1])) == 0.0

    @pytest.mark.parametrize("copies", [3, 60])
    def test_one_prototype_has_none(self, copies: int) -> None:
        images = noise(1, seed=1).repeat(copies, 1, 1, 1)
        assert within_class_distance(images, torch.full((copies,), 7)) == pytest.approx(
            0.0, abs=ROUNDING
        )

    def test_200_of_a_digit_are_compared(self) -> None:
        images = torch.cat([flat(0.0, 1.0).repeat(100, 1, 1, 1), flat(*[0.5] * 100)])
        # Of 200, half black and half white, 100 of the 199 others are 28 away.
        expected = 28 * 100 / 199
        found = within_class_distance(images, torch.zeros(300))
        assert found == pytest.approx(expected, abs=ROUNDING)


class TestNearest:
    def test_by_hand(self) -> None:
        # 0.25 is 7 from 0; 0.75 is 7 from 1; 0.5 is 14 from both.
        assert nearest_distance(flat(0.25, 0.75, 0.5), flat(0.0, 1.0)) == pytest.approx(28 / 3)

    def test_few_copies_are_at_zero(self) -> None:
        training = noise(20, seed=1)
        assert nearest_distance(training[[3, 11]], training) == 0.0

    def test_many_copies_are_at_zero_up_to_rounding(self) -> None:
        training = noise(300, seed=1)
        assert nearest_distance(training, training) == pytest.approx(0.0, abs=ROUNDING)
        # Other images of the same noise are no copies: sqrt(784 / 6) pixels, less for the best.
        assert nearest_distance(noise(300, seed=2), training) > 9.0

    def test_parts_are_one_mean(self) -> None:
        images = torch.cat([flat(*[0.0] * 250), flat(0.5)])
        assert nearest_distance(images, flat(0.0)) == pytest.approx(14 / 251)


class Brightness(Judge):
    """Sees the digit 1 in images brighter than 0.5 on average, the digit 0 in the others."""

    def __init__(self, *, gain: float) -> None:
        # Two features: the brightness of the left half and of the right half.
        super().__init__(nn.Sequential(nn.AvgPool2d((28, 14)), nn.Flatten()), 2, 3)
        with torch.no_grad():
            self.head.weight.copy_(torch.tensor([[-1.0, -1.0], [1.0, 1.0], [0.0, 0.0]]) * gain / 2)
            self.head.bias.copy_(torch.tensor([gain / 2, -gain / 2, -50.0]))
        self.eval()


DARK = (0.0, 0.2, 0.4)
BRIGHT = (0.6, 0.8, 1.0)
LABELS = torch.tensor([0, 0, 0, 1, 1, 1])


def score(**changed: Any) -> dict[str, float]:
    given: dict[str, Any] = {
        "judges": {"a": Brightness(gain=10), "b": Brightness(gain=30), "c": Brightness(gain=-20)},
        "images": flat(*DARK, *BRIGHT),
        "wanted": LABELS,
        "reference_images": flat(*DARK, *BRIGHT),
        "reference_labels": LABELS,
        "training_images": flat(0.5),
        "held_out": "c",
    } | changed
    training = given["training_images"]
    real = RealDigits(
        training,
        torch.zeros(len(training), dtype=torch.long),
        given["reference_images"],
        given["reference_labels"],
    )
    judges = DigitJudges(given["judges"], given["held_out"])
    return score_digits(given["images"], given["wanted"], judges, real)


class TestScoreDigits:
    def test_names(self) -> None:
        assert set(score()) == {
            *("judge_accuracy", "judge_confidence", "digit_distance"),
            *("judge_accuracy_held_out", "judge_confidence_held_out", "digit_distance_held_out"),
            *("digit_distance_a", "digit_distance_b"),
            *("digit_diversity", "nearest_train_ratio"),
        }

    def test_real_images_score_as_real(self) -> None:
        scores = score()
        assert scores["judge_accuracy"] == 1.0
        assert scores["digit_distance"] == pytest.approx(0.0, abs=1e-6)
        assert scores["digit_diversity"] == pytest.approx(1.0)
        assert scores["nearest_train_ratio"] == pytest.approx(1.0)

    def test_the_held_out_judge_is_in_no_mean(self) -> None:
        # Judge c sees everything the wrong way round.
        scores = score()
        assert (scores["judge_accuracy"], scores["judge_accuracy_held_out"]) == (1.0, 0.0)
        swapped = score(held_out="a")
        assert (swapped["judge_accuracy"], swapped["judge_accuracy_held_out"]) == (0.5, 1.0)

    def test_accuracy_is_a_mean_over_images(self) -> None:
        assert score(wanted=torch.tensor([0, 0, 1, 1, 1, 1]))["judge_accuracy"] == pytest.approx(
            5 / 6
        )

    def test_confidence_is_the_wanted_digits(self) -> None:
        # Logits differ by gain (2 x - 1): at x = 0.6, 2 and 6.
        sigmoid = [1 / (1 + np.exp(-margin)) for margin in (2.0, 6.0)]
        scores = score(images=flat(0.6, 0.6), wanted=torch.tensor([1, 1]))
        assert scores["judge_confidence"] == pytest.approx(np.mean(sigmoid), abs=1e-5)
        assert scores["judge_confidence_held_out"] == pytest.approx(1 / (1 + np.exp(4)), abs=1e-5)

    def test_distance_is_between_features(self) -> None:
        # Both features are the brightness, shifted by 0.1.
        scores = score(images=flat(*DARK, *BRIGHT) + 0.1)
        for name in ("digit_distance", "digit_distance_a", "digit_distance_held_out"):
            assert scores[name] == pytest.approx(0.02, abs=1e-5)

    def test_only_the_wanted_digits_are_compared_with(self) -> None:
        other = score(reference_images=torch.cat([flat(*DARK), noise(3, seed=1)]))
        only = score(images=flat(*DARK), wanted=LABELS[:3])
        changed = score(
            images=flat(*DARK),
            wanted=LABELS[:3],
            reference_images=torch.cat([flat(*DARK), noise(3, seed=1)]),
        )
        assert only == changed
        assert only["digit_diversity"] == pytest.approx(1.0)
        assert other["digit_distance"] > 0.01

    def test_one_prototype_has_no_diversity(self) -> None:
        images = flat(0.2, 0.2, 0.2, 0.8, 0.8, 0.8)
        assert score(images=images)["digit_diversity"] == 0.0

    def test_half_the_spread_is_half_the_diversity(self) -> None:
        images = flat(0.1, 0.2, 0.3, 0.7, 0.8, 0.9)
        assert score(images=images)["digit_diversity"] == pytest.approx(0.5, abs=1e-5)

    def test_copies_are_told(self) -> None:
        images = flat(*DARK, *BRIGHT)
        reference = flat(0.1, 0.3, 0.5, 0.5, 0.7, 0.9)
        scores = score(training_images=images, reference_images=reference)
        assert scores["nearest_train_ratio"] == 0.0

    def test_more_images_than_reference(self) -> None:
        images, wanted = flat(*DARK, *BRIGHT).repeat(3, 1, 1, 1), LABELS.repeat(3)
        assert score(images=images, wanted=wanted)["nearest_train_ratio"] == pytest.approx(1.0)

    def test_nothing_learns(self) -> None:
        judge = Brightness(gain=10)
        score(judges={"a": judge, "c": judge})
        assert all(p.grad is None for p in judge.parameters())

    def test_one_image_has_no_distance_and_no_diversity(self) -> None:
        assert set(score(images=flat(0.2), wanted=LABELS[:1])) == {
            *("judge_accuracy", "judge_accuracy_held_out"),
            *("judge_confidence", "judge_confidence_held_out"),
            "nearest_train_ratio",
        }

    def test_without_two_of_a_digit_there_is_no_diversity(self) -> None:
        scores = score(images=flat(0.2, 0.8), wanted=torch.tensor([0, 1]))
        assert "digit_distance" in scores
        assert "digit_diversity" not in scores

    def test_real_images_that_are_all_alike_measure_nothing(self) -> None:
        alike = flat(0.2, 0.2, 0.2, 0.8, 0.8, 0.8)
        scores = score(reference_images=alike, training_images=alike)
        assert not {"digit_diversity", "nearest_train_ratio"} & set(scores)

    def test_a_digit_without_reference_is_told(self) -> None:
        with pytest.raises(UserError, match="2 images or more"):
            score(wanted=torch.full((6,), 2))

    def test_a_judge_must_be_left(self) -> None:
        with pytest.raises(UserError, match="Two digit judges or more"):
            score(judges={"c": Brightness(gain=10)})
