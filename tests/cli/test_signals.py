"""When a signal ends the program: at once, after the step, after the epoch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from project.cli import signals
from project.cli.signals import SIGNALS, Interrupted, Listener, listen


def test_outside_a_step_a_signal_raises_at_once() -> None:
    with pytest.raises(Interrupted) as caught:
        Listener().hear(signal.SIGINT, None)
    assert caught.value.exit_code == 130


def test_in_a_step_the_first_waits_and_the_second_does_not() -> None:
    listener = Listener()
    listener.begin_step()
    listener.hear(signal.SIGTERM, None)
    with pytest.raises(Interrupted) as caught:
        listener.hear(signal.SIGINT, None)
    assert caught.value.exit_code == 130
    assert listener.in_step, "the weights are of no batch, so that none are saved"


def test_after_the_step_the_first_raises() -> None:
    listener = Listener()
    listener.begin_step()
    listener.hear(signal.SIGTERM, None)
    with pytest.raises(Interrupted) as caught:
        listener.end_step()
    assert caught.value.exit_code == 143
    assert not listener.in_step


def test_several_processes_wait_for_each_other() -> None:
    hears, other = Listener(), Listener()
    for listener in (hears, other):
        listener.together = True
        listener.begin_step()
    hears.hear(signal.SIGINT, None)
    for listener in (hears, other):
        listener.end_step()
    assert (hears.heard, other.heard) == (True, False)
    for listener, code in ((hears, 130), (other, 143)):
        with pytest.raises(Interrupted) as caught:
            listener.leave()
        assert (caught.value.exit_code, listener.agreed) == (code, True)


@pytest.mark.parametrize("ignored", [False, True])
def test_a_closed_terminal_is_heard_unless_nohup_ignores_it(ignored: bool) -> None:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
    try:
        listen()
        assert (signal.getsignal(signal.SIGHUP) == signals.listener.hear) is not ignored
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_whoever_reads_may_have_had_enough(tmp_path: Path) -> None:
    says = "answer(lambda: print('a\\n' * 99999), 'report')"
    code = f"from project.cli.sentences import answer\n{says}"
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=write, stderr=subprocess.PIPE, cwd=tmp_path
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")
