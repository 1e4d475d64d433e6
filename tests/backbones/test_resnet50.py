from __future__ import annotations

from pathlib import Path

import pytest
import torch
from shipped_backbones import shipped
from torchvision.models import ResNet50_Weights, resnet50

from project.backbones.resnet50 import ResNet50
from project.errors import UserError


@pytest.fixture(scope="module")
def random_resnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "random.pth"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        torch.save(resnet50().state_dict(), path)
    return path


def test_the_same_logits_as_torchvision(random_resnet: Path, images: torch.Tensor) -> None:
    plain = resnet50().eval()
    plain.load_state_dict(torch.load(random_resnet, weights_only=True))
    with torch.no_grad():
        wanted = plain(ResNet50_Weights.IMAGENET1K_V2.transforms()(images))
    before = torch.get_rng_state()
    network = ResNet50(**shipped("resnet50", weights=str(random_resnet))).load("cpu")
    features, logits = network(images)
    assert torch.equal(torch.get_rng_state(), before)
    assert features.shape == (5, 2048)
    torch.testing.assert_close(logits, wanted, rtol=1e-4, atol=1e-4)
    assert not network.training


def test_the_values_are_torchvisions() -> None:
    values = shipped("resnet50")
    assert values["url"] == ResNet50_Weights.IMAGENET1K_V2.url
    assert values["sha256"] in values["url"]


def test_weights_that_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    url = (tmp_path / "missing.pth").as_uri()
    with pytest.raises(UserError, match=r"ResNet-50 .* could not be downloaded .*efficientnet"):
        ResNet50(**shipped("resnet50", url=url)).check()


def test_another_file_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    values = shipped("resnet50")
    path = tmp_path / "hub" / "checkpoints" / Path(values["url"]).name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"another")
    with pytest.raises(UserError, match=r"ResNet-50 .* have the sha256 .* expected 11ad3fa6"):
        ResNet50(**values).check()


def test_a_local_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is no file: name the state dict of ResNet-50"):
        ResNet50(**shipped("resnet50", weights=str(tmp_path / "none.pth"))).check()
