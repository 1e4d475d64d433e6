from __future__ import annotations

from typing import Any

import pytest
import torch

from project.errors import UserError
from project.networks.digit_judges import Judge, JudgeA, JudgeB, JudgeC, JudgeD

JUDGES = (JudgeA, JudgeB, JudgeC, JudgeD)
# Weights and biases layer by layer; batch norm has two numbers per channel.
PARAMETERS = {
    JudgeA: 416 + 32 + 4_640 + 64 + 18_496 + 128 + 200_768 + 650,
    JudgeB: 416 + 12_832 + 102_528 + 1_290,
    JudgeC: 240 + 48 + 10_416 + 96 + 27_712 + 128 + 36_928 + 128 + 650,
    JudgeD: 340 + 12_840 + 502_016 + 2_570,
}
WIDTHS = {JudgeA: 64, JudgeB: 128, JudgeC: 64, JudgeD: 256}


def build(judge: Any, *, size: int = 28, classes: int = 10) -> Judge:
    torch.manual_seed(1)
    built = judge(size=size, classes=classes)
    assert isinstance(built, Judge)
    return built.eval()


@pytest.mark.parametrize("classes", [10, 11])
@pytest.mark.parametrize("judge", JUDGES)
def test_logits_are_one_per_class(judge: type, classes: int) -> None:
    assert build(judge, classes=classes)(torch.rand(3, 1, 28, 28)).shape == (3, classes)


@pytest.mark.parametrize("judge", JUDGES)
def test_parameters(judge: type[Judge]) -> None:
    assert sum(p.numel() for p in build(judge).parameters()) == PARAMETERS[judge]


@pytest.mark.parametrize("judge", JUDGES)
def test_the_head_reads_the_features(judge: type[Judge]) -> None:
    network, images = build(judge), torch.rand(3, 1, 28, 28)
    features = network.features(images)
    assert features.shape == (3, WIDTHS[judge])
    torch.testing.assert_close(network.head(features), network(images))


@pytest.mark.parametrize("judge", JUDGES)
def test_one_image_is_judged_as_in_a_batch(judge: type[Judge]) -> None:
    network, images = build(judge), torch.rand(4, 1, 28, 28)
    torch.testing.assert_close(network(images[2:3]), network(images)[2:3])


@pytest.mark.parametrize("judge", JUDGES)
def test_every_weight_learns(judge: type[Judge]) -> None:
    network = build(judge).train()
    network(torch.rand(8, 1, 28, 28)).square().sum().backward()
    silent = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    # A bias just before batch norm is subtracted again, up to rounding; it may be silent.
    assert [name for name in silent if name.endswith("weight")] == []


def test_no_two_judges_are_alike() -> None:
    kinds = [[type(layer).__name__ for layer in build(judge).features] for judge in JUDGES]
    assert all(kinds.count(kind) == 1 for kind in kinds)


@pytest.mark.parametrize("judge", JUDGES)
def test_another_size_is_refused(judge: type[Judge]) -> None:
    with pytest.raises(UserError, match="28"):
        build(judge, size=32)


def test_judging_is_in_parts_without_learning_and_in_eval_mode() -> None:
    network, images = build(JudgeA), torch.rand(5, 1, 28, 28)
    with torch.no_grad():
        features, logits = network.features(images), network(images)
    # Dropout and batch statistics would change what a judge in training sees.
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    seen, probabilities = network.judge(images, batch_size=2)
    assert network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert seen.dtype == probabilities.dtype == torch.float64
    assert not seen.requires_grad
    torch.testing.assert_close(seen, features.double())
    torch.testing.assert_close(probabilities, logits.double().softmax(1))
    torch.testing.assert_close(probabilities.sum(1), torch.ones(5, dtype=torch.float64))
