from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from project.errors import UserError
from project.metrics.digit_judges import DigitJudges, RealDigits, score_digits, score_real
from project.networks.digit_judges import Judge


class Left(Judge):
    """Sees a 1 where the left half is bright, else a 0."""

    def __init__(self) -> None:
        super().__init__(nn.Sequential(nn.AvgPool2d((28, 14)), nn.Flatten()), 2, 2)
        with torch.no_grad():
            self.head.weight.copy_(torch.tensor([[-20.0, 0.0], [20.0, 0.0]]))
            self.head.bias.copy_(torch.tensor([10.0, -10.0]))
        self.eval()


JUDGES = DigitJudges({"judge_a": Left(), "judge_d": Left()}, held_out="judge_d")


def images(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Dark zeros and bright ones in turn, uint8, no two alike."""
    rng = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 2
    noise = torch.randint(0, 90, (count, 1, 28, 28), generator=rng)
    return (noise + 150 * labels.view(-1, 1, 1, 1)).byte(), labels


REAL = RealDigits(*images(30, 1), *images(20, 2))


def test_bytes_and_floats_score_alike() -> None:
    pictures, wanted = images(8, 3)
    scores = score_digits(pictures, wanted, JUDGES, REAL)
    assert scores == score_digits(pictures.float() / 255, wanted, JUDGES, REAL)
    assert scores["judge_accuracy"] == scores["judge_accuracy_held_out"] == 1.0
    assert scores["nearest_train_ratio"] == pytest.approx(1.0, abs=0.1)


def test_a_single_image_has_no_distance_and_no_diversity() -> None:
    pictures, wanted = images(2, 3)
    scores = score_digits(pictures[1:], wanted[1:], JUDGES, REAL)
    assert set(scores) == {
        *("judge_accuracy", "judge_accuracy_held_out"),
        *("judge_confidence", "judge_confidence_held_out"),
        "nearest_train_ratio",
    }
    both = score_digits(pictures, wanted, JUDGES, REAL)
    assert "digit_distance" in both
    assert "digit_diversity" not in both


def test_real_images_are_not_their_own_neighbours() -> None:
    scores = score_real(torch.tensor([0, 0, 1]), JUDGES, REAL)
    assert scores["judge_accuracy"] == 1.0
    assert scores["nearest_train_ratio"] == pytest.approx(1.0, abs=0.1)


def test_there_may_be_too_few_real_images() -> None:
    assert score_real(torch.zeros(16, dtype=torch.long), JUDGES, REAL) == {}


@pytest.mark.parametrize("names", [[], ["judge_a", "judge_b"], ["judge_d"]])
def test_the_judge_that_is_held_out_must_be_there_and_not_alone(names: list[str]) -> None:
    module: Any = SimpleNamespace(network=Left())
    with pytest.raises(UserError, match="'judge_d' among them"):
        DigitJudges.of(dict.fromkeys(names, module), held_out="judge_d")
