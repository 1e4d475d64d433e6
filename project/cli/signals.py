"""Ctrl-C, SIGTERM, a closed terminal: the program keeps what was trained, and says how to go on."""

from __future__ import annotations

import signal
import sys
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """SIGINT, SIGTERM or SIGHUP. No `Exception`, so that nobody takes it for a failed job.

    Whoever it passes adds a note on how to go on (``add_note``).

    Args:
        number: of the signal.

    Attributes:
        exit_code: what a shell reports of a program that a signal ended.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


class Listener:
    """Raises `Interrupted` at a signal: at once, but after the training step that it falls into.

    Of several processes that train one run, each waits for the end of the epoch, at which they
    agree (`leave`). A second signal raises at once, wherever it comes.

    Attributes:
        in_step: whether a training step is under way, whose weights are of no batch.
        together: whether several processes are training.
        agreed: whether they left because one of them had heard a signal.
    """

    def __init__(self) -> None:
        self.in_step = self.together = self.agreed = False
        self._heard: list[int] = []

    @property
    def heard(self) -> bool:
        """Whether there was a signal."""
        return bool(self._heard)

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Is called by the system."""
        self._heard.append(number)
        if not (self.in_step or self.together) or len(self._heard) > 1:
            raise Interrupted(number)

    def begin_step(self) -> None:
        """Puts a first signal off."""
        self.in_step = True

    def end_step(self) -> None:
        """Raises what was put off.

        Raises:
            Interrupted: there was a signal.
        """
        self.in_step = False
        if self._heard and not self.together:
            raise Interrupted(self._heard[0])

    def leave(self) -> None:
        """Leaves, as all processes of the run do now.

        Raises:
            Interrupted: always.
        """
        self.agreed = True
        raise Interrupted((self._heard or [signal.SIGTERM])[0])


listener = Listener()


def listen() -> None:
    """Makes the signals raise `Interrupted`.

    Lightning keeps SIGTERM for the end of the batch and would then exit with 0; a handler that is
    there before it comes after its own.
    """
    if {"--help", "-h"} & set(sys.argv[1:]):
        # `--help | head` ends as other programs do.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for number in SIGNALS:
        # Ignored by whoever started the program: nohup, or a shell's & without job control.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, listener.hear)
