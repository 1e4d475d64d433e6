from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from shipped_backbones import shipped
from torch.nn.functional import interpolate

from project.backbones.efficientnet_lite0 import EfficientNetLite0
from project.errors import UserError

POMERANIANS = Path(__file__).parents[3] / "shared/data/stanford-dogs/n02112018-Pomeranian"
POMERANIAN_CLASS = 259


def test_folding_changes_nothing(lite: EfficientNetLite0, images: torch.Tensor) -> None:
    with torch.random.fork_rng(devices=[]):
        plain = EfficientNet.from_name("efficientnet-lite0").eval()
    plain.load_state_dict(torch.load(lite.find_weights(), weights_only=True))
    x = interpolate(images.float(), size=(224, 224), mode="bicubic", antialias=True)
    with torch.no_grad():
        wanted = plain((x.clamp(0, 255) - 127) / 128)
    features, logits = lite.load("cpu")(images)
    assert features.shape == (5, 1280)
    assert features.dtype == logits.dtype == torch.float32
    torch.testing.assert_close(logits, wanted, rtol=1e-5, atol=5e-5)


def test_features_lead_to_the_logits(lite: EfficientNetLite0, images: torch.Tensor) -> None:
    network = lite.load("cpu")
    features, logits = network(images)
    last = torch.load(lite.find_weights(), weights_only=True)
    torch.testing.assert_close(features @ last["_fc.weight"].T + last["_fc.bias"], logits)


def test_is_frozen_and_draws_no_random_number(
    lite: EfficientNetLite0, images: torch.Tensor
) -> None:
    before = torch.get_rng_state()
    network = lite.load("cpu")
    network(images)
    assert torch.equal(torch.get_rng_state(), before)
    assert not network.training
    assert not any(p.requires_grad for p in network.parameters())


def test_mixed_precision_of_the_training_does_not_reach_it(
    lite: EfficientNetLite0, images: torch.Tensor
) -> None:
    network = lite.load("cpu")
    _, plain = network(images)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        _, mixed = network(images)
    assert torch.equal(plain, mixed)


def test_batch_size_changes_memory_and_not_results(images: torch.Tensor) -> None:
    one = EfficientNetLite0(**shipped("efficientnet_lite0", batch_size=2)).load("cpu")
    all_at_once = EfficientNetLite0(**shipped("efficientnet_lite0", batch_size=5)).load("cpu")
    torch.testing.assert_close(one(images)[1], all_at_once(images)[1], rtol=1e-4, atol=1e-4)


@pytest.mark.skipif(not POMERANIANS.is_dir(), reason="no real Pomeranians here")
def test_real_pomeranians_are_recognised(lite: EfficientNetLite0) -> None:
    files = sorted(POMERANIANS.glob("*.jpg"))[::9]
    pixels = np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files])
    _, logits = lite.load("cpu")(torch.from_numpy(pixels).permute(0, 3, 1, 2))
    right = (logits.argmax(dim=1) == POMERANIAN_CLASS).float().mean()
    assert right > 0.5


def test_another_hash_or_file_is_refused() -> None:
    with pytest.raises(UserError, match=r"expected 0000.*force-reinstall"):
        EfficientNetLite0(**shipped("efficientnet_lite0", sha256="0" * 64)).check()
    with pytest.raises(UserError, match="are not in the package"):
        EfficientNetLite0(**shipped("efficientnet_lite0", file="other.pth")).check()


def test_batch_size_must_be_positive() -> None:
    with pytest.raises(UserError, match=r"backbone\.batch_size=0"):
        EfficientNetLite0(**shipped("efficientnet_lite0", batch_size=0))
