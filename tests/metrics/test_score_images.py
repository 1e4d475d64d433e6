from __future__ import annotations

import pytest
import torch
from torch import Tensor

from project.backbones.frozen_network import FrozenNetwork
from project.errors import UserError
from project.metrics.score_images import collect


class MeanColours(FrozenNetwork):
    """Logits are the mean colours; counts the images that pass."""

    def __init__(self) -> None:
        super().__init__(batch_size=4)
        self.seen: list[int] = []

    def extract(self, images: Tensor) -> tuple[Tensor, Tensor]:
        self.seen.append(len(images))
        means = images.float().mean(dim=(2, 3)) / 32
        return means[:, :2], means


@pytest.fixture
def colours() -> Tensor:
    random = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (21, 3, 2, 2), generator=random, dtype=torch.uint8)


def test_one_pass_over_all_images_in_their_order(colours: Tensor) -> None:
    network = MeanColours()
    passed = collect(colours.split(10), network)
    assert network.seen == [4, 4, 2, 4, 4, 2, 1]
    means = colours.float().mean(dim=(2, 3)) / 32
    assert torch.equal(passed.logits, means)
    assert torch.equal(passed.features, means[:, :2])


def test_batches_do_not_matter(colours: Tensor) -> None:
    features, logits, *_ = collect(colours.split(8), MeanColours())
    assert features.shape == (21, 2)
    assert torch.equal(logits, collect([colours], MeanColours())[1])


def test_no_image() -> None:
    with pytest.raises(UserError, match="0 images"):
        collect([], MeanColours())


@pytest.mark.parametrize(
    "images", [torch.zeros(2, 1, 4, 4, dtype=torch.uint8), torch.zeros(2, 3, 4, 4)]
)
def test_grey_and_float_images_are_refused(images: Tensor) -> None:
    with pytest.raises(UserError, match="uint8 colour images"):
        MeanColours()(images)


def test_stays_in_eval_mode_inside_a_training_module() -> None:
    network = MeanColours()
    torch.nn.Sequential(network).train()
    assert not network.training
