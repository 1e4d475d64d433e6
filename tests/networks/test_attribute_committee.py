from __future__ import annotations

import torch
from hydra.utils import instantiate

from project.cli.compose import load_config
from project.networks.attribute_classifiers import AttributeA, AttributeB
from project.networks.attribute_committee import AttributeCommittee

IMAGES = torch.rand(4, 3, 32, 32)


def committee() -> AttributeCommittee:
    torch.manual_seed(0)
    members = {"one": AttributeA(further=["Goatee"]), "two": AttributeB(further=["Goatee"])}
    return AttributeCommittee(members=members)


def test_members_are_taught_apart_and_answer_together() -> None:
    asked = committee().eval()
    one, two = asked.members["one"], asked.members["two"]
    assert torch.equal(asked(IMAGES), torch.stack([one(IMAGES), two(IMAGES)]))
    features = asked.features(IMAGES)
    assert features.shape == (4, 64 + 80)
    assert torch.equal(features[:, :64], one.features(IMAGES))
    torch.testing.assert_close(asked.head(features), (one(IMAGES) + two(IMAGES)) / 2)


def test_a_loss_of_one_member_teaches_no_other() -> None:
    asked = committee()
    asked(IMAGES)[0].sum().backward()
    assert asked.members["one"].head.weight.grad.abs().sum() > 0
    assert all(not weight.grad.any() for weight in asked.members["two"].parameters())


def test_members_of_photographs_begin_otherwise() -> None:
    words = ["experiment=attribute_classifier_photographs", "further=[Goatee]"]
    asked = instantiate(load_config("config", words).network)
    one, two = (member.head.weight for member in asked.members.values())
    assert not torch.equal(one, two)
    assert asked(IMAGES).shape == (2, 4, 3)
