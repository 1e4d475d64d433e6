from __future__ import annotations

import math
from functools import partial
from typing import cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Adam

from project.data.feature_labels import FeatureLabels
from project.data.source import ImageSet
from project.datamodules.batches import Batch
from project.modules.attribute_classifier import AttributeModule
from project.modules.schedules import Constant
from project.networks.attribute_classifiers import AttributeA
from project.networks.attribute_committee import AttributeCommittee


class Task:
    """Learned are four images: half have the first attribute, one the second, none the third."""

    def targets(self, images: object) -> NDArray[np.int64]:
        return np.array([[1, 1, 1], [1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]])

    def parts(self, images: object) -> dict[str, NDArray[np.int64]]:
        return {"learning": np.arange(1, 5)}


def module(*further: str, **changed: float) -> AttributeModule:
    settings = {"mixup": 0.0, "heaviest": 20.0, "further_weight": 2.0} | changed
    return AttributeModule(
        network=AttributeA(further=further),
        optimizer=partial(Adam, lr=1e-3),
        schedule=Constant(),
        changes=nn.Identity(),
        task=cast(FeatureLabels, Task()),
        training=cast(ImageSet, object()),
        **settings,
    )


IMAGES = torch.randint(0, 256, (6, 3, 32, 32), dtype=torch.uint8)


def test_judging_teaches_nothing_and_is_in_eval_mode() -> None:
    classifier = module()
    before = {name: value.clone() for name, value in classifier.state_dict().items()}
    features, probabilities = classifier.judge(IMAGES)
    assert classifier.network.training
    assert all(torch.equal(v, before[name]) for name, v in classifier.state_dict().items())
    assert features.shape == (6, 64)
    assert not features.requires_grad
    torch.testing.assert_close(classifier.judge(IMAGES[2:3])[1], probabilities[2:3])


def test_calibration_is_applied_and_saved() -> None:
    classifier = module()
    _, logits = classifier.look(IMAGES)
    classifier.slope[:] = torch.tensor([2.0, 0.5])
    classifier.offset[:] = torch.tensor([1.0, -1.0])
    expected = torch.stack([2 * logits[:, 0] + 1, 0.5 * logits[:, 1] - 1], dim=1).sigmoid()
    torch.testing.assert_close(classifier.judge(IMAGES)[1], expected.double())
    assert {"slope", "offset", "threshold"} <= set(classifier.state_dict())


def test_further_attributes_are_learned_and_not_judged() -> None:
    classifier = module("Goatee", "Male", "Young")
    assert classifier.network(IMAGES.float()).shape == (6, 5)
    features, logits = classifier.look(IMAGES)
    assert logits.shape == (6, 2)
    torch.testing.assert_close(logits, classifier.network.head(features)[:, :2])


def test_rare_attributes_weigh_more_up_to_a_limit() -> None:
    classifier = module("Goatee", heaviest=8.0)
    classifier.setup("fit")
    assert classifier.weights.tolist() == [1.0, 3.0, 8.0]


def test_the_further_attributes_have_a_loss_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = module("Goatee")
    classifier.weights = torch.tensor([1.0, 3.0, 8.0])
    # A logit of 0 is a probability of 1/2: each cross-entropy is ln 2, times the image's weight.
    nn.init.zeros_(classifier.network.head.weight)
    nn.init.zeros_(classifier.network.head.bias)
    descended, counted = [], {}
    monkeypatch.setattr(classifier, "descend", descended.append)
    monkeypatch.setattr(classifier, "count", lambda images, losses: counted.update(losses))
    labels = torch.tensor([[1, 1, 1], [0, 0, 0]])
    classifier.training_step(Batch(torch.rand(2, 3, 32, 32), labels), 0)
    counted = {name: float(loss.detach()) for name, loss in counted.items()}
    assert counted["L_BCE"] == pytest.approx(math.log(2) * (1 + 1 + 3 + 1) / 4)
    assert counted["L_BCE_further"] == pytest.approx(math.log(2) * (8 + 1) / 2)
    assert float(descended[0].detach()) == pytest.approx(math.log(2) * (1.5 + 2.0 * 4.5))


def test_each_member_of_a_committee_has_its_own_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = module()
    members = {"one": AttributeA(further=[]), "two": AttributeA(further=[])}
    classifier.network = AttributeCommittee(members=members)
    for member, logit in zip(members.values(), (0.0, math.log(3)), strict=True):
        nn.init.zeros_(member.head.weight)
        nn.init.constant_(member.head.bias, logit)
    descended: list[Tensor] = []
    monkeypatch.setattr(classifier, "descend", descended.append)
    monkeypatch.setattr(classifier, "count", lambda images, losses: None)
    labels = torch.tensor([[1, 1], [1, 0]])
    classifier.weights = torch.ones(2)
    classifier.training_step(Batch(torch.rand(2, 3, 32, 32), labels), 0)
    # One says 1/2 to all, two says 3/4: of its four answers three are to a 1.
    two = (3 * math.log(4 / 3) + math.log(4)) / 4
    assert float(descended[0].detach()) == pytest.approx((math.log(2) + two) / 2)


def test_mixed_labels_are_those_of_the_mixed_images() -> None:
    labels = torch.arange(8.0)[:, None]
    images = labels[:, :, None, None].expand(8, 3, 4, 4)
    mixed, theirs = module(mixup=0.4).mixed(images, labels)
    torch.testing.assert_close(mixed, theirs[:, :, None, None].expand_as(mixed))
    # One share for the batch, each image mixed with one: what is there is there once in all.
    assert float(theirs.sum()) == pytest.approx(28.0)
    assert not torch.equal(theirs, labels)
    assert module().mixed(images, labels)[0] is images
