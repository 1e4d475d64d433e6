from __future__ import annotations

from functools import partial

import torch
from torch.optim import Adam

from project.modules.attribute_classifier import AttributeModule
from project.modules.schedules import Constant
from project.networks.attribute_classifiers import AttributeA


def module(**changed: float) -> AttributeModule:
    return AttributeModule(
        network=AttributeA(attributes=2),
        optimizer=partial(Adam, lr=1e-3),
        schedule=Constant(),
        shift_pixels=int(changed.get("shift_pixels", 0)),
        brightness=changed.get("brightness", 0.0),
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


def test_changed_images_are_mirrored_or_not() -> None:
    images = IMAGES.float() / 255
    changed = module().changed(images)
    for one, other in zip(changed, images, strict=True):
        assert torch.equal(one, other) or torch.equal(one, other.flip(2))
    brighter = module(brightness=0.2).changed(images)
    assert brighter.min() >= 0
    assert brighter.max() <= 1
    assert not torch.equal(brighter, images)
