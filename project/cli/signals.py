"""Ctrl-C and SIGTERM: the program ends, keeps what was trained, and says how to go on."""

from __future__ import annotations

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """SIGINT or SIGTERM. No `Exception`, so that nobody takes it for a failed job.

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

    A second signal raises at once, wherever it comes.

    Attributes:
        in_step: whether a training step is under way, whose weights are of no batch.
    """

    def __init__(self) -> None:
        self.in_step = False
        self._heard: list[int] = []

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Is called by the system."""
        self._heard.append(number)
        if not self.in_step or len(self._heard) > 1:
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
        if self._heard:
            raise Interrupted(self._heard[0])


listener = Listener()


def listen() -> None:
    """Makes the signals raise `Interrupted`.

    Lightning keeps SIGTERM for the end of the batch and would then exit with 0; a handler that is
    there before it comes after its own.
    """
    for number in SIGNALS:
        # Ignored by whoever started the program: nohup, or a shell's & without job control.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, listener.hear)
