"""Each study's GAN, captured and not: on a CUDA device, and with a fake graph on the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from fake_graph import FakeRecorder
from gans import EPOCH, GANS, Looks, Saves, train

from project.modules import captured
from project.modules.alternating import AlternatingModule

# What the libraries of another machine warn of is not this project's.
pytestmark = pytest.mark.filterwarnings("default")
CUDA = pytest.param(
    "gpu",
    marks=[
        pytest.mark.cuda,
        pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
    ],
)


EVERYWHERE = pytest.mark.parametrize("device", ["cpu", CUDA], indirect=True)
THERE = pytest.mark.parametrize("device", [CUDA], indirect=True)


@pytest.fixture
def device(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where it is trained; a CPU has the fake graph."""
    if request.param == "cpu":
        monkeypatch.setattr(captured, "CUDARecorder", FakeRecorder)
        monkeypatch.setattr(captured, "records", lambda device: True)
    return str(request.param)


@pytest.fixture(autouse=True)
def plain_arithmetic() -> Iterator[None]:
    """Without TF32, which would hide what is looked for; takes back deterministic=True."""
    torch.backends.cudnn.allow_tf32 = False
    yield
    torch.backends.cudnn.allow_tf32 = True
    torch.use_deterministic_algorithms(False)


def epochs(device: str) -> int:
    """200 batches on a device, 20 on a CPU, where the fake takes its time."""
    return 20 if device == "gpu" else 2


def furthest(one: AlternatingModule, other: AlternatingModule) -> float:
    """The largest difference between two modules' weights."""
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return max(float((left.double() - right.double()).abs().max()) for left, right in pairs)


@EVERYWHERE
@pytest.mark.parametrize("kind", GANS)
def test_captured_and_uncaptured_agree(kind: str, device: str, tmp_path: Path) -> None:
    given = {"accelerator": device, "epochs": epochs(device)}
    one = train(kind, tmp_path, capture="off", **given)
    other = train(kind, tmp_path, capture="on", **given)
    assert one.batches == other.batches == epochs(device) * EPOCH
    assert one.trainer.global_step == other.trainer.global_step == 2 * one.batches
    found = furthest(one, other)
    print(f"{kind} on {device}: after {one.batches} batches {found:.3g} at most")
    assert found <= (1e-5 if device == "gpu" else 0)
    assert other._captured is not None
    assert other._captured._captures


@THERE
@pytest.mark.parametrize("kind", GANS)
def test_a_resume_of_a_captured_run_is_exact(kind: str, device: str, tmp_path: Path) -> None:
    given = {"accelerator": device, "capture": "on", "epochs": epochs(device)}
    whole = train(kind, tmp_path, callbacks=[Saves()], **given)
    middle = tmp_path / f"{epochs(device) // 2}.ckpt"
    assert furthest(whole, train(kind, tmp_path, resume=middle, **given)) == 0


@THERE
@pytest.mark.parametrize("kind", GANS)
def test_looking_in_between_disturbs_nothing(kind: str, device: str, tmp_path: Path) -> None:
    given = {"accelerator": device, "capture": "on", "epochs": epochs(device)}
    assert (
        furthest(
            train(kind, tmp_path, **given), train(kind, tmp_path, callbacks=[Looks()], **given)
        )
        == 0
    )


@THERE
@pytest.mark.parametrize("kind", GANS)
def test_bf16_is_captured(kind: str, device: str, tmp_path: Path) -> None:
    given = {"accelerator": device, "epochs": 4, "precision": "bf16-mixed"}
    one = train(kind, tmp_path, capture="off", **given)
    other = train(kind, tmp_path, capture="on", **given)
    assert all(bool(weight.isfinite().all()) for weight in other.parameters())
    # A cast of weights that outlived its step would show at once.
    assert furthest(one, other) <= (1e-3 if device == "gpu" else 0)
