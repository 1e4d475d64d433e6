"""Several jobs at a time: their order, what each sees, and what becomes of one that ends early."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from project.cli.signals import Interrupted
from project.sweeps import pool
from project.sweeps.command_line import Job
from project.sweeps.plan import Planned
from project.sweeps.pool import Room, environment, next_job, run_pool


def job(key: str, *needs: str) -> Planned:
    return Planned(Job((key,), key), key=key, needs=frozenset(needs))


def test_a_job_waits_for_what_it_needs_and_for_nothing_else() -> None:
    none, gen, flip = job("none"), job("gen", "none", "elsewhere"), job("flip")
    assert next_job([none, gen, flip], []) is none
    assert next_job([gen, flip], ["none"]) is flip
    assert next_job([gen], ["none", "flip"]) is None
    assert next_job([gen], ["flip"]) is gen
    assert next_job([], []) is None


def test_a_job_sees_one_card_and_its_share_of_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    own = environment("GPU-3c4d", "4")
    assert (own["CUDA_VISIBLE_DEVICES"], own["OMP_NUM_THREADS"]) == ("GPU-3c4d", "4")
    assert environment(None, "4")["CUDA_VISIBLE_DEVICES"] == "0,1"
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert "CUDA_VISIBLE_DEVICES" not in environment(None, "4")


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Lets a job be a Python program, its only word, that is run in a folder of its own."""
    monkeypatch.setattr(pool, "COMMAND", ("-c",))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(jobs: dict[str, str], at_once: int, cards: Sequence[str] = ()) -> dict[str, str]:
    """Runs programs; returns what became of those that failed."""
    planned = [job(key) for key in jobs]
    room = Room(at_once, "1", cards)
    words = lambda one: [jobs[one.key]]  # noqa: E731
    failed = run_pool(planned, words, Path("sweep"), room, lambda _: None)
    return {one.key: reason for one, reason in failed.items()}


# Ends as soon as another program has begun: without it, the two of them never end.
MEETS = """
import os, pathlib, time
pathlib.Path('{me}').write_text(os.environ['CUDA_VISIBLE_DEVICES'])
while not pathlib.Path('{other}').exists(): time.sleep(0.01)
"""


def test_one_starts_as_soon_as_another_ends(programs: Path) -> None:
    # b ends at once; a waits for c, which a wave of two would start after a.
    jobs = {
        "a": MEETS.format(me="a", other="c"),
        "b": MEETS.format(me="b", other="a"),
        "c": MEETS.format(me="c", other="a"),
    }
    assert run(jobs, 2, ["card 0", "card 1"]) == {}
    assert [(programs / name).read_text() for name in "abc"] == ["card 0", "card 1", "card 1"]


def test_what_becomes_of_a_process_concerns_its_job_alone(programs: Path) -> None:
    jobs = {
        "told": "import sys; print('failed: a\\nfailed: L_D is NaN.\\n  Mend it.'); sys.exit(1)",
        "fine": "print('failed: no')",
        "killed": "import os; os.kill(os.getpid(), 9)",
        "broken": "raise ValueError",
        "last": "open('last', 'w')",
    }
    assert run(jobs, 2) == {
        "told": "L_D is NaN.\n  Mend it.",
        "killed": "its process ended early (SIGKILL); what it said is in sweep/.jobs/0003.log",
        "broken": "its process ended early; what it said is in sweep/.jobs/0004.log",
    }
    assert (programs / "last").exists()


def test_a_signal_is_handed_on_and_waited_for(programs: Path) -> None:
    saves = """
import os, pathlib, signal, sys, time
def save(*_):
    pathlib.Path('saved').touch()
    sys.exit(143)
signal.signal(signal.SIGTERM, save)
pathlib.Path('begun').touch()
while True: time.sleep(0.01)
"""
    interrupts = f"""
import os, pathlib, time
while not pathlib.Path('begun').exists(): time.sleep(0.01)
os.kill({os.getpid()}, 15)
time.sleep(60)
"""
    from project.cli import signals

    before = signals.signal.getsignal(15)
    signals.signal.signal(15, signals.Listener().hear)
    try:
        with pytest.raises(Interrupted):
            run({"saves": saves, "interrupts": interrupts}, 2)
    finally:
        signals.signal.signal(15, before)
    assert (programs / "saved").exists()
