"""A captured step, with a graph of the CPU in the place of one of a CUDA device."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path
from typing import Any, cast

import lightning
import pytest
import torch
from bare_trainer import bare_trainer
from fake_graph import FakeRecorder
from tiny_gan import TinyGAN
from torch import Tensor
from torch.optim import SGD, Adam

from project.datamodules.batches import Batch
from project.errors import UserError
from project.modules import captured
from project.modules.alternating import Term
from project.modules.captured import WARM_UP
from project.modules.gradient_penalty import gradient_penalty
from project.penalties.penalty import is_due

ADAM = partial(Adam, lr=0.02, betas=(0.5, 0.999), fused=True)
BATCHES = 20  # of an epoch
Make = Callable[[], TinyGAN]


class Following(TinyGAN):
    """Has a penalty in every third batch, weights that follow the epoch and a rate the batch."""

    def phase(self) -> Hashable:
        return is_due(1.0, 3, self.batches + 1), self.current_epoch

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        for optimizer in cast(Any, self.optimizers()):
            for group in optimizer.param_groups:
                group["lr"] = optimizer.defaults["lr"] / (1 + self.batches / 10)

    def d_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        terms = super().d_terms(batch, fake)
        return terms | gradient_penalty(1.0, 3, self.batches + 1, batch.images, self.discriminator)

    def g_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        terms = super().g_terms(batch, fake)
        return {name: Term(1.0 + self.current_epoch, term.value) for name, term in terms.items()}


class Silent(Following):
    """Follows the batch, and does not say so."""

    def phase(self) -> Hashable:
        return None


class Reading(TinyGAN):
    """Reads a number off the device."""

    def g_terms(self, batch: Batch, fake: Tensor) -> dict[str, Term]:
        terms = super().g_terms(batch, fake)
        return {name: Term(term.value.item(), term.value) for name, term in terms.items()}


def make(kind: type[TinyGAN], optimizer: Any = ADAM, capture: str = "auto") -> TinyGAN:
    torch.manual_seed(1)
    gan = kind(d_optimizer=optimizer, g_optimizer=optimizer, average_decay=0.9)
    gan.capture = capture
    return gan.double()


class Loader:
    """Batches of two shapes: the last two of each epoch are smaller."""

    def __len__(self) -> int:
        return BATCHES

    def __iter__(self) -> Any:
        random = torch.Generator().manual_seed(5)
        for number in range(BATCHES):
            size = (6 if number < BATCHES - 2 else 4, 1, 2, 2)
            images = torch.randn(size, generator=random, dtype=torch.float64)
            yield Batch(images, torch.zeros(len(images), 0, dtype=torch.long))


class Looks(lightning.Callback):
    """Generates in between, saves in the middle, and keeps the losses of each batch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.losses: list[dict[str, float]] = []

    def on_train_batch_end(self, trainer: Any, module: Any, *rest: Any) -> None:
        self.losses.append({name: value.item() for name, value in module.losses.items()})

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        list(module.generate(module.sample_sources(8, 0).double(), "average", 4))
        trainer.save_checkpoint(self.folder / f"{trainer.current_epoch}.ckpt")


def train(gan: TinyGAN, folder: Path, resume: Path | None = None) -> tuple[Looks, Any]:
    looks = Looks(folder)
    folder.mkdir()
    trainer = bare_trainer(2, callbacks=[looks])
    torch.manual_seed(2)
    trainer.fit(gan, Loader(), ckpt_path=resume, weights_only=True)
    return looks, trainer


@pytest.fixture
def recorders(monkeypatch: pytest.MonkeyPatch) -> list[FakeRecorder]:
    """Puts the fake in the device's place; holds one for each training."""
    made: list[FakeRecorder] = []

    def recorder(module: Any) -> FakeRecorder:
        made.append(FakeRecorder(module))
        return made[-1]

    monkeypatch.setattr(captured, "CUDARecorder", recorder)
    monkeypatch.setattr(captured, "records", lambda device: True)
    return made


def assert_same(one: TinyGAN, other: TinyGAN) -> None:
    for (name, left), right in zip(
        one.state_dict().items(), other.state_dict().values(), strict=True
    ):
        assert torch.equal(left, right), name
    for left, right in zip(one.optimizers(), other.optimizers(), strict=True):
        ours, theirs = left.optimizer.state_dict(), right.optimizer.state_dict()
        assert ours["param_groups"] == theirs["param_groups"]
        for number, state in ours["state"].items():
            for name, value in state.items():
                assert torch.equal(value, theirs["state"][number][name])


@pytest.mark.parametrize("kind", [TinyGAN, Following])
def test_captured_and_uncaptured_agree_bit_for_bit(
    kind: type[TinyGAN], recorders: list[FakeRecorder], tmp_path: Path
) -> None:
    plain, graph = make(kind, capture="off"), make(kind)
    expected, by_hand = train(plain, tmp_path / "plain")
    found, by_graph = train(graph, tmp_path / "graph")
    assert_same(plain, graph)
    assert found.losses == expected.losses
    assert by_graph.global_step == by_hand.global_step == 2 * 2 * BATCHES
    assert (graph.batches, graph.images_seen) == (plain.batches, plain.images_seen)
    (recorder,) = recorders
    assert recorder.asides + recorder.replays == 2 * BATCHES
    assert recorder.replays > 0


def test_each_shape_and_phase_is_captured_once(
    recorders: list[FakeRecorder], tmp_path: Path
) -> None:
    train(make(TinyGAN), tmp_path / "one")
    # The smaller shape has 4 batches in 2 epochs: one after the warm-up.
    assert [len(recorder.graphs) for recorder in recorders] == [2]
    assert recorders[0].asides == 2 * WARM_UP
    train(make(Following), tmp_path / "two")
    # With and without the penalty, in each of two epochs.
    assert len(recorders[1].graphs) == 4


def test_a_resume_goes_on_as_if_nothing_had_happened(
    recorders: list[FakeRecorder], tmp_path: Path
) -> None:
    whole = make(Following)
    train(whole, tmp_path / "whole")
    saved = torch.load(tmp_path / "whole" / "0.ckpt", weights_only=True)
    for state in saved["optimizer_states"]:
        assert all(isinstance(group["lr"], float) for group in state["param_groups"])
    plain = make(Following, capture="off")
    train(plain, tmp_path / "plain")
    states = []

    class Restores(Following):
        def on_train_epoch_end(self) -> None:
            states.append(torch.get_rng_state())

        def on_train_epoch_start(self) -> None:
            if len(states) == 1:
                torch.set_rng_state(states[0])

    # The noise of the second epoch again, which project/callbacks/exact_resume.py does in a run.
    train(make(Restores), tmp_path / "first")
    again = make(Restores)
    del states[1:]
    train(again, tmp_path / "again", resume=tmp_path / "first" / "0.ckpt")
    assert_same(plain, again)


def test_old_captures_are_dropped(
    recorders: list[FakeRecorder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captured, "KEPT", 4)

    class Changing(TinyGAN):
        def phase(self) -> Hashable:
            return self.batches // 4

    gan = make(Changing)
    train(gan, tmp_path / "run")
    # All but the fifth phase of each epoch, whose four batches are of two shapes.
    assert len(recorders[0].graphs) == 2 * (BATCHES // 4 - 1)
    step = gan._captured
    assert step is not None
    assert len(step._captures) == 4


@pytest.mark.parametrize(
    ("kind", "optimizer", "reason"),
    [
        (Silent, ADAM, "follow self.batches, of which its phase() says nothing"),
        (Reading, ADAM, "waits for the device"),
        (TinyGAN, partial(Adam, lr=0.02), "not fused Adam"),
        (TinyGAN, partial(SGD, lr=0.02, fused=True), "not fused Adam"),
    ],
)
def test_what_cannot_be_captured_says_why_and_is_trained_as_without(
    kind: type[TinyGAN],
    optimizer: Any,
    reason: str,
    recorders: list[FakeRecorder],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(captured.console, "width", 200, raising=False)
    plain, graph = make(kind, optimizer, "off"), make(kind, optimizer)
    expected, _ = train(plain, tmp_path / "plain")
    assert "captured" not in capsys.readouterr().err
    found, _ = train(graph, tmp_path / "graph")
    assert reason in " ".join(capsys.readouterr().err.split())
    assert_same(plain, graph)
    assert found.losses == expected.losses
    with pytest.raises(UserError, match=r"trainer\.capture=on"):
        train(make(kind, optimizer, "on"), tmp_path / "on")


def test_a_cpu_is_silent_unless_it_must(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train(make(TinyGAN), tmp_path / "auto")
    assert "captured" not in capsys.readouterr().err
    with pytest.raises(UserError, match="only a CUDA device captures"):
        train(make(TinyGAN, capture="on"), tmp_path / "on")


def test_a_capture_that_fails_after_all_names_the_way_out(
    recorders: list[FakeRecorder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(self: FakeRecorder, step: Any) -> Any:
        raise RuntimeError("operation not permitted\nwhen stream is capturing")

    monkeypatch.setattr(FakeRecorder, "record", late)
    with pytest.raises(UserError, match=r"\(operation not permitted\)\. Add trainer\.capture=off"):
        train(make(TinyGAN), tmp_path / "run")


def test_the_fake_repeats_constants_and_not_python() -> None:
    """What a graph would get wrong, the fake gets wrong too: it can tell on a bad wrapper."""
    module = torch.nn.Linear(1, 1)
    module.optimizers = list  # type: ignore[assignment]
    factor = 2.0
    held, total = torch.ones(()), torch.zeros(())

    def step() -> dict[str, Tensor]:
        total.add_(factor * held)
        return {"total": total.clone()}

    module.total = total
    recorder = FakeRecorder(module)
    recorder.state = lambda: [total]  # type: ignore[method-assign]
    replay, losses = recorder.record(step)
    assert total == 0
    factor = 100.0
    replay()
    held.fill_(3.0)
    replay()
    assert (total, losses["total"]) == (2 + 6, 2 + 6)
