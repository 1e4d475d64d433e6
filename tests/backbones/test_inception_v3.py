from __future__ import annotations

import functools
import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from shipped_backbones import shipped
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

from project.backbones.inception_v3 import InceptionV3
from project.errors import UserError

PARTIAL = Path(__file__).parents[3] / "shared/data/weights/inception-2015-12-05-partial.pth"
CLOSED = "http://127.0.0.1:9/weights.pth"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of torch hub."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server of one file, `weights.pth`, that holds the bytes `weights`."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "weights.pth").write_bytes(b"weights")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


WEIGHTS_SHA = hashlib.sha256(b"weights").hexdigest()


def test_same_features_and_logits_as_torch_fidelity(
    inception: InceptionV3, random_inception: Path, images: torch.Tensor
) -> None:
    features, logits = inception.load("cpu")(images)
    reference = FeatureExtractorInceptionV3(
        "reference",
        ["2048", "logits_unbiased"],
        feature_extractor_weights_path=str(random_inception),
    )
    wanted_features, wanted_logits = reference(images)
    assert features.shape == (5, 2048)
    assert logits.shape == (5, 1008)
    assert features.dtype == logits.dtype == torch.float32
    torch.testing.assert_close(features, wanted_features, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(logits, wanted_logits, rtol=1e-4, atol=1e-4)


def test_is_frozen_and_draws_no_random_number(inception: InceptionV3) -> None:
    before = torch.get_rng_state()
    network = inception.load("cpu")
    assert torch.equal(torch.get_rng_state(), before)
    assert not network.training
    assert not any(p.requires_grad for p in network.parameters())


def test_a_local_file_of_any_hash_is_recorded(
    inception: InceptionV3, random_inception: Path
) -> None:
    inception.check()
    digest = hashlib.sha256(random_inception.read_bytes()).hexdigest()
    assert inception.weights_hash == digest


def test_missing_tensors_are_named(random_inception: Path, tmp_path: Path) -> None:
    state = torch.load(random_inception, weights_only=True)
    del state["fc.weight"]
    state["fc.bias"] = torch.zeros(1000)
    state["extra"] = torch.zeros(1)
    torch.save(state, tmp_path / "part.pth")
    backbone = InceptionV3(**shipped("inception_v3", weights=tmp_path / "part.pth"))
    with pytest.raises(UserError) as told:
        backbone.load("cpu")
    for words in ("1 missing (fc.weight)", "1 unexpected (extra)", "another shape (fc.bias)"):
        assert words in str(told.value)


@pytest.mark.skipif(not PARTIAL.is_file(), reason="no partial Inception weights here")
def test_the_real_but_incomplete_file_is_refused_by_its_tensors() -> None:
    backbone = InceptionV3(**shipped("inception_v3", weights=PARTIAL))
    backbone.check()
    with pytest.raises(UserError, match="3 missing") as told:
        backbone.load("cpu")
    for name in ("Mixed_7b.branch3x3dbl_2", "Mixed_7c.branch3x3dbl_2", "fc.weight"):
        assert name in str(told.value)


@pytest.mark.parametrize("content", [b"no weights at all", b"PK\x03\x04 half a zip"])
def test_a_file_that_is_no_state_dict(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "text.pth").write_bytes(content)
    backbone = InceptionV3(**shipped("inception_v3", weights=tmp_path / "text.pth"))
    with pytest.raises(UserError, match="no state dict"):
        backbone.load("cpu")


def test_a_state_dict_wrapped_in_another_one(tmp_path: Path) -> None:
    torch.save({"model": {"fc.bias": torch.zeros(1008)}}, tmp_path / "wrapped.pth")
    backbone = InceptionV3(**shipped("inception_v3", weights=tmp_path / "wrapped.pth"))
    with pytest.raises(UserError, match="tensors by name"):
        backbone.load("cpu")


def test_missing_and_empty_local_files(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is no file.*efficientnet_lite0"):
        InceptionV3(**shipped("inception_v3", weights=tmp_path / "none.pth")).check()
    (tmp_path / "empty.pth").touch()
    with pytest.raises(UserError, match="is empty"):
        InceptionV3(**shipped("inception_v3", weights=tmp_path / "empty.pth")).check()


def test_downloads_once_and_whole(hub: Path, server: str) -> None:
    values = shipped("inception_v3", url=f"{server}/weights.pth", sha256=WEIGHTS_SHA[:8])
    backbone = InceptionV3(**values)
    backbone.check()
    assert backbone.weights_hash == WEIGHTS_SHA
    assert [path.name for path in hub.iterdir()] == ["weights.pth"]
    InceptionV3(**(values | {"url": CLOSED})).check()


def test_a_download_with_another_hash_leaves_nothing(hub: Path, server: str) -> None:
    backbone = InceptionV3(**shipped("inception_v3", url=f"{server}/weights.pth", sha256="0" * 64))
    with pytest.raises(UserError, match="instead of 0000"):
        backbone.check()
    assert list(hub.iterdir()) == []


def test_no_network_names_the_two_ways_out(hub: Path) -> None:
    backbone = InceptionV3(**shipped("inception_v3", url=CLOSED))
    with pytest.raises(UserError, match=r"backbone\.weights=<path>.*backbone=efficientnet_lite0"):
        backbone.check()
    assert not hub.exists()


def test_a_file_that_the_server_does_not_have(hub: Path, server: str) -> None:
    backbone = InceptionV3(**shipped("inception_v3", url=f"{server}/other.pth"))
    with pytest.raises(UserError, match="404"):
        backbone.check()


def test_a_damaged_cached_file_is_told(hub: Path) -> None:
    hub.mkdir(parents=True)
    (hub / "weights.pth").write_bytes(b"half")
    backbone = InceptionV3(**shipped("inception_v3", url=CLOSED))
    with pytest.raises(UserError, match="delete the file"):
        backbone.check()


def test_checking_imports_nothing_heavy(random_inception: Path) -> None:
    values = shipped("inception_v3", weights=str(random_inception))
    lite = shipped("efficientnet_lite0")
    program = f"""
import sys
from project.backbones.efficientnet_lite0 import EfficientNetLite0
from project.backbones.inception_v3 import InceptionV3
InceptionV3(**{values!r}).check()
EfficientNetLite0(**{lite!r}).check()
print([name for name in ("torch", "torchvision", "lightning") if name in sys.modules])
"""
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert result.stdout.strip() == "[]"
