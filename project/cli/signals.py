"""Ctrl-C and SIGTERM: the program ends at once, and says how to go on."""

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


def listen() -> None:
    """Makes the signals raise `Interrupted`; further ones do not disturb the winding up.

    Lightning keeps SIGTERM for the end of the batch and would then exit with 0; a handler that is
    there before it comes after its own, and raises at once.
    """
    heard: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        if not heard:
            heard.append(number)
            raise Interrupted(number)

    for number in SIGNALS:
        # Ignored by whoever started the program: nohup, or a shell's & without job control.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, hear)
