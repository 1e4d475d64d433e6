"""Killed ten times at moments that are drawn, and inside ten writes: `pytest -m slow` has them."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tiny import TINY, assert_same_weights, only_run, result_of, rows_of, run_apart, run_here

from project.run import main

pytestmark = pytest.mark.slow
LENGTH = [*TINY, "epochs=12", "score_every=4"]
BATCHES = 4 * 12
KILLS = 10

# A clock that begins with the training sends the signal wherever the training is by then.
AT_A_MOMENT = """
import os, signal
from project.callbacks.exact_resume import ExactResume
from project.cli.sentences import answer
from project.run import main
begun = ExactResume.on_train_start
def on_train_start(self, *rest):
    begun(self, *rest)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    signal.setitimer(signal.ITIMER_REAL, {seconds})
ExactResume.on_train_start = on_train_start
answer(main, 'config')
"""

# Inside the write of a checkpoint, after a share of its bytes that is drawn.
IN_A_WRITE = """
import os, signal
from pathlib import Path
from project.cli.sentences import answer
from project.run import main
write, seen = Path.write_bytes, []
def broken(self, data):
    seen.append(self)
    if len(seen) == {write}:
        write(self, data[: int({share} * len(data))])
        os.kill(os.getpid(), signal.SIGKILL)
    return write(self, data)
Path.write_bytes = broken
answer(main, 'config')
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    assert run_apart(["-m", "project.run"], LENGTH, folder).returncode == 0
    return only_run(folder / "outputs")


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder on another filesystem than the temporary one, where there is such."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)


def assert_goes_on_as_undisturbed(
    folder: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_here(main, [f"resume={folder}", *LENGTH], monkeypatch)
    assert_same_weights(whole, folder)
    assert rows_of(whole) == rows_of(folder)
    assert result_of(whole)["scores"] == result_of(folder)["scores"]


@pytest.mark.parametrize("kill", range(KILLS))
def test_sigterm_at_any_moment_loses_at_most_a_batch(
    kill: int, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(kill)
    length = result_of(whole)["wall_seconds"]
    code = AT_A_MOMENT.format(seconds=rng.uniform(0.02, 0.4 * length))
    done = run_apart(["-c", code], LENGTH, tmp_path)
    folder = only_run(tmp_path / "outputs")
    if done.returncode == 0:
        pytest.skip("it was quicker than the signal")
    assert done.returncode == 143
    saved = torch.load(folder / "last.ckpt", weights_only=True)["counts"]["batches"]
    logged = [int(row["batch"]) for row in rows_of(folder) if row["batch"]]
    print(f"kill {kill}: at batch {saved} of {BATCHES}")
    assert saved >= max(logged, default=0) - 1
    monkeypatch.chdir(tmp_path)
    assert_goes_on_as_undisturbed(folder, whole, monkeypatch)


@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_inside_a_write_on_another_filesystem(
    kill: int, whole: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(kill)
    code = IN_A_WRITE.format(write=rng.randint(2, 12), share=rng.random())
    done = run_apart(["-c", code], LENGTH, elsewhere)
    assert done.returncode == -9
    folder = only_run(elsewhere / "outputs")
    monkeypatch.chdir(elsewhere)
    assert_goes_on_as_undisturbed(folder, whole, monkeypatch)
